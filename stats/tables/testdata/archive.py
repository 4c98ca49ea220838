"""What the makers share: a table's directory becomes NAME.zip, what its reference reader lists NAME.json."""

import json
import pathlib
import zipfile

HERE = pathlib.Path(__file__).parent


def save(kind, name, root, expected):
    """root is the table's directory; expected is what a reader of the table says of it."""
    folder = HERE / kind
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(pathlib.Path(root).rglob("*")):
            if path.is_file() and not path.name.startswith(".") or ".hoodie" in path.parts:
                archive.write(path, path.relative_to(root).as_posix())
    expected = {k: sorted(v) if isinstance(v, list) else v for k, v in expected.items()}
    (folder / f"{name}.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
    print(kind, name, len(expected["live"]), "live files")
