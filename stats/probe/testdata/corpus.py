"""Writes beside each Parquet or ORC file what the reference readers say of it, for files that this directory does not
hold: the examples of apache/parquet-testing and apache/orc, say. What a reader refuses gets no finding.

    venv/bin/python corpus.py FILE ... && go test ./stats/probe -run TestReference -corpus DIR
"""

import multiprocessing
import pathlib
import sys


def one(path):
    import make_orc
    import make_parquet
    from reference import save

    save(path, (make_orc if path.suffix == ".orc" else make_parquet).finding(path))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        # Some files end the process of their reader.
        process = multiprocessing.Process(target=one, args=[pathlib.Path(name)])
        process.start()
        process.join()
        if process.exitcode:
            print("no finding:", name)
