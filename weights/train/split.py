"""Which photos are held out: committed lists of file stems, one a data set.

    python split.py DATA      writes split/SET.txt anew (never needed again
                              unless the data folder itself changes)
"""
import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).parent / 'split'
# One in so many is held out.
RATE = {'ccp': 10, 'viton': 30, 'celebamask': 10, 'fasseg': 10,
        'freiburg_sitting': 10, 'coco_person': 5, 'person_mask': 10}


def held_out(name):
    """The stems of `name` that must never be trained on."""
    path = HERE / f'{name}.txt'
    return set(path.read_text().split()) if path.exists() else set()


def choose(stem, rate):
    return int(hashlib.sha1(stem.encode()).hexdigest(), 16) % rate == 0


def main(data):
    HERE.mkdir(exist_ok=True)
    for name, rate in RATE.items():
        stems = sorted(p.stem for p in pathlib.Path(data, name,
                                                    'images').iterdir())
        chosen = [s for s in stems if choose(s, rate)]
        (HERE / f'{name}.txt').write_text('\n'.join(chosen) + '\n')
        print(name, len(chosen), 'of', len(stems))


if __name__ == '__main__':
    main(sys.argv[1])
