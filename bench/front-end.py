#!/usr/bin/env python3
"""A library's side of front-end.mjs: the same magnitudes of clips, whenever a line comes in.

Usage: front-end.py LIBRARY FILE SAMPLES THREADS, with float32 clips one after another in FILE. The first line says what
answers, or which package is missing; "time" is answered with the milliseconds of a call, "features" with the path of a
file with them, (clips, frames, bins). scipy is told nothing of threads: it has one here.
"""
import importlib
import json
import sys
import time

import numpy as np

WINDOW, HOP = 256, 128


def scipy_magnitudes(clips, _):
    signal = importlib.import_module("scipy.signal")
    return lambda: abs(signal.stft(clips, 16000, window="hamming", nperseg=WINDOW, noverlap=WINDOW - HOP)[2])


def librosa_magnitudes(clips, _):
    librosa = importlib.import_module("librosa")
    taper = librosa.filters.get_window("hamming", WINDOW).astype(np.float32)
    # Scaling the window rather than the spectrum spares a pass.
    scaled = taper / taper.sum()
    return lambda: abs(librosa.stft(clips, n_fft=WINDOW, hop_length=HOP, window=scaled, pad_mode="constant"))


def torch_magnitudes(clips, threads):
    torch = importlib.import_module("torch")
    torch.set_num_threads(threads)
    samples, taper = torch.from_numpy(clips), torch.hamming_window(WINDOW)
    scaled = taper / taper.sum()
    options = {"window": scaled, "center": True, "pad_mode": "constant", "return_complex": True}
    return lambda: torch.stft(samples, WINDOW, HOP, **options).abs().numpy()


def torchaudio_magnitudes(clips, threads):
    torch = importlib.import_module("torch")
    transforms = importlib.import_module("torchaudio.transforms")
    torch.set_num_threads(threads)
    samples = torch.from_numpy(clips)
    window_fn = lambda length: torch.hamming_window(length) / torch.hamming_window(length).sum()
    spectrogram = transforms.Spectrogram(WINDOW, hop_length=HOP, window_fn=window_fn, power=1, pad_mode="constant")
    return lambda: spectrogram(samples).numpy()


def tell(answer):
    print(json.dumps(answer), flush=True)


def main():
    library, path, samples, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    clips = np.fromfile(path, np.float32).reshape(-1, samples)
    try:
        version = importlib.import_module(library).__version__
        magnitudes = globals()[f"{library}_magnitudes"](clips, threads)
    # A package for another version of PyTorch is there and does not load.
    except (ImportError, OSError, RuntimeError) as error:
        return tell({"missing": f"{library} does not load: {error}", "package": library})
    tell({"name": f"{library} {version}"})
    for line in sys.stdin:
        if line.strip() == "features":
            out = f"{path}.{library}"
            magnitudes().transpose(0, 2, 1).astype(np.float32).tofile(out)
            tell({"path": out})
            continue
        begin = time.perf_counter()
        magnitudes()
        tell({"milliseconds": 1000 * (time.perf_counter() - begin)})


main()
