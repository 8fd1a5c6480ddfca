"""Side-by-side measurements, each with its baseline; `python -m benchmarks.run` writes RESULTS.md."""
