#!/usr/bin/env python3
"""soundfile's side of decoding.mjs: makes the recordings, and decodes all of a format whenever its name comes in.

Usage: decoding.py FOLDER OUT FILES SECONDS. The sound of the WAV files of FOLDER, one after another, is cut into so many
recordings, each written to OUT as WAV (16 bits), FLAC, MP3 and Ogg Vorbis. Answers milliseconds and samples a file.
"""
import json
import sys
import time
from pathlib import Path


def tell(answer):
    print(json.dumps(answer), flush=True)


FORMATS = {"wav": "PCM_16", "flac": "PCM_16", "mp3": "MPEG_LAYER_III", "ogg": "VORBIS"}


def main():
    folder, out, files, seconds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    try:
        import numpy as np
        import soundfile
    except ImportError as error:
        return tell({"missing": str(error), "package": "soundfile numpy"})
    sounds, rate = [], None
    for path in sorted(folder.rglob("*.wav")):
        sound, found = soundfile.read(path, dtype="float32", always_2d=True)
        if found == (rate := rate or found):
            sounds.append(sound.mean(axis=1))
    if not sounds:
        sys.exit(f"{folder} has no WAV files.")
    sound, length = np.concatenate(sounds), round(seconds * rate)
    sound = np.resize(sound, files * length).reshape(files, length)
    paths = {ending: [out / f"{index}.{ending}" for index in range(files)] for ending in FORMATS}
    for ending, subtype in FORMATS.items():
        for path, samples in zip(paths[ending], sound):
            soundfile.write(path, samples, rate, subtype=subtype)
    version = f"soundfile {soundfile.__version__}, {soundfile.__libsndfile_version__}"
    tell({"name": version, "rate": rate, "paths": {ending: list(map(str, of)) for ending, of in paths.items()}})
    for line in sys.stdin:
        begin, samples = time.perf_counter(), []
        for path in paths[line.strip()]:
            # A mean of channels is what ours gives as well.
            samples.append(len(soundfile.read(path, dtype="float32", always_2d=True)[0].mean(axis=1)))
        tell({"milliseconds": 1000 * (time.perf_counter() - begin), "samples": samples})


main()
