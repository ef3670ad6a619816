#!/bin/sh
# Packs and unpacks a quarter of a megabyte, and tells its size.
head -c 262144 /dev/zero | gzip -1 -c | gzip -d -c | wc -c
