# -*- coding: utf-8 -*-
# Spots on the web, camera 3.   Python 2.7
#
#   2016-04  first version
#   2017-11  bounding box for the marking unit
#   2019-02  histogram for the exposure control
#
# Usage: measure.py WIDTH HEIGHT LIMIT < image.raw

import sys
import zlib


def measure(width, height, stride, pixels, limit):
    """Counts the pixels above the limit, with their box; sum, histogram and checksum of all."""
    data = bytearray(pixels)
    bright = total = 0
    left, top, right, bottom = width, height, -1, -1
    histogram = [0] * 8
    check = 0
    for y in range(height):
        row = data[y * stride:y * stride + width]
        total += sum(row)
        check = zlib.crc32(bytes(row), check) & 0xffffffff
        for x in range(width):
            value = row[x]
            histogram[value >> 5] += 1
            if value > limit:
                bright += 1
                left, right = min(left, x), max(right, x)
                top, bottom = min(top, y), max(bottom, y)
    mean = total * 1000 // (width * height)    # in thousandths
    box = [left, top, right, bottom] if bright else None
    return bright, box, mean, histogram, check


if __name__ == "__main__":
    w, h, l = [int(argument) for argument in sys.argv[1:4]]
    print(measure(w, h, w, sys.stdin.read(), l))
