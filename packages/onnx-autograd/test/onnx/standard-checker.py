"""Runs the checker of the ONNX standard over every .onnx file of a folder; prints a line for each that it refuses.

    python3 standard-checker.py <folder>
"""

import sys
from pathlib import Path

import onnx

count = 0
for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        print(f"{path.name}: {error}")
    count += 1
print(f"{count} files checked by onnx {onnx.__version__}")
