# What the pool needs to know of the script: nothing in it is changed.
import os
import sys
from collections import OrderedDict

from hardening_worker import job

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "legacy"))
import measure


@job
def inspect(frame, request):
    bright, box, mean, histogram, check = measure.measure(frame.width, frame.height, frame.stride, frame.data, request["limit"])
    return OrderedDict([("sequence", frame.sequence), ("bright", bright), ("box", box), ("mean", mean), ("histogram", histogram), ("check", check)])
