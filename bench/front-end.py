#!/usr/bin/env python3
"""scipy's side of front-end.mjs: |scipy.signal.stft| of clips, whenever a line comes in.

Usage: front-end.py FILE SAMPLES, with float32 clips one after another in FILE. Prints the milliseconds of each call;
the answer to the line "features" is the path of a file with the features, (clips, frames, bins).
"""
import sys
import time

import numpy as np
import scipy
import scipy.signal

path, samples = sys.argv[1], int(sys.argv[2])
clips = np.fromfile(path, np.float32).reshape(-1, samples)


def magnitudes():
    return abs(scipy.signal.stft(clips, 16000, window="hamming", nperseg=256, noverlap=128)[2])


print(scipy.__version__, flush=True)
for line in sys.stdin:
    if line.strip() == "features":
        magnitudes().transpose(0, 2, 1).astype(np.float32).tofile(path + ".features")
        print(path + ".features", flush=True)
        continue
    begin = time.perf_counter()
    magnitudes()
    print(1000 * (time.perf_counter() - begin), flush=True)
