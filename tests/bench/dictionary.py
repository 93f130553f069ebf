"""Makes a dictionary of `sensor.store.packed`: `python -m tests.bench.dictionary NUMBER`, when rules say other things than before.

Out of what this version tells of its own recordings and its demo, and of each rule's words with facts like those. One that was
released is never made again: files written with it need it. Give `packed.NEWEST` the new number.
"""

import lzma
import random
import sys
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import rfc8785
import zstandard

from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.demo.morning import write_morning
from sensor.detect.alert import Alert, AlertDevice, AlertPeer, Confidence, Hds, Severity
from sensor.detect.policy import Practice
from sensor.detect.words import Speaker, Told
from sensor.settings import Settings, load
from sensor.store.codec import plain
from sensor.store.journal import canonical

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
HERE = Path(__file__).resolve().parents[2] / "sensor" / "store" / "dictionaries"
SIZE = 160 << 10
EACH, AGAIN = 12, 6  # alerts made of a rule, and how often those of recordings count
MORNING = 1_795_161_600_000_000_000  # 2026-11-20 08:00 UTC
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def main(number: int) -> None:
    random.seed(number)
    settings = load(None, None)
    with TemporaryDirectory() as name:
        demo = Path(name) / "demo.pcap"
        write_morning(demo)
        seen = [one for path in (*unpacked(Path(name)), demo) for one in told(settings, path)]
    every = [rule for rule in (*settings.rules.rules, *settings.rules.correlations) if rule.telling.fr.title]
    made = [like(settings, rule, seen) for rule in every for _ in range(EACH)]
    samples = [text.encode() for one in made + seen * AGAIN for text in (plain(one), canonical_text(one))]
    trained = zstandard.train_dictionary(SIZE, samples, level=19)
    HERE.mkdir(exist_ok=True)
    target = HERE / f"{number}.zdict"
    with target.open("xb") as out:
        out.write(trained.as_bytes())
    print(f"{target}: {target.stat().st_size:,} bytes from {len(samples):,} bodies of {len(every)} rules")


def canonical_text(alert: Alert) -> str:
    return rfc8785.dumps(canonical(asdict(alert))).decode()


def unpacked(folder: Path) -> list[Path]:
    """The recordings; those that lie packed are unpacked into `folder`."""
    for path in RECORDINGS.glob("*.xz"):
        (folder / path.stem).write_bytes(lzma.decompress(path.read_bytes()))
    return sorted([*RECORDINGS.glob("*.pcap"), *folder.glob("*.pcap")])


def told(settings: Settings, path: Path) -> list[Alert]:
    found = {alert.id: alert for alerts in Chain(settings).run(open_capture(path)) for alert in alerts}
    return list(found.values())


def like(settings: Settings, rule: object, seen: list[Alert]) -> Alert:
    """An alert of this rule, with facts that one of its category had."""
    telling = rule.telling
    model = random.choice([one for one in seen if one.category is telling.category] or seen)
    moment = MORNING + random.randrange(10**15)
    peer = AlertPeer(
        ".".join(str(random.randrange(1, 255)) for _ in range(4)),
        model.peer.port,
        f"h{random.randrange(10**6)}.example",
        random.choice(["dns", "banner", "sni", "certificate"]),
        random.choice([None, *Hds]),
    )
    facts = {"contract": "hour", "contract_reference": "R", "contract_provider": "P", "duration": 700.0} | dict(
        model.evidence
    )
    spoken = Told(
        model.app, peer, facts, random.randrange(1, 9), random.randrange(10**7), random.randrange(10**5), moment
    )
    speaker = Speaker(settings.rules.catalogue, Practice().timezone)
    return replace(
        model,
        id=f"{random.getrandbits(80):020x}",
        rule=rule.name,
        category=telling.category,
        nature=telling.nature,
        severity=random.choice(list(Severity)),
        confidence=random.choice(list(Confidence)),
        first_seen=moment,
        last_seen=moment + random.randrange(10**12),
        device=AlertDevice(
            f"192.168.1.{random.randrange(255)}", random.randbytes(6).hex(":"), None, model.device.vendor
        ),
        peer=peer,
        bytes_out=random.randrange(10**7),
        community_id="1:" + "".join(random.choices(BASE64, k=27)) + "=",
        legal=telling.legal,
        fr=speaker.say(telling.fr, "fr", spoken),
        en=speaker.say(telling.en, "en", spoken),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
