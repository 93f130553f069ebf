"""vigie.yml: text → `Policy`, with every mistake on its line. Called once at start, by `sensor.settings`.

Sections: practice, dpo, networks, devices, contracts, hds, thresholds, quiet_hours, retention, privacy, allowed_apps,
influxdb (`sensor.detect.policy_influx`), report.
influxdb (`sensor.detect.policy_influx`), mail (`sensor.detect.policy_mail`), report.
"""

from datetime import date
from typing import cast

from sensor.detect.marked import Mistake, documents
from sensor.detect.policy import (
    GROUPS,
    REPORT_SECTIONS,
    Contract,
    Group,
    HdsHost,
    Hours,
    Language,
    NamedDevice,
    Networks,
    Policy,
    Practice,
    Privacy,
    Report,
    Retention,
    Thresholds,
)
from sensor.detect.policy_influx import influxdb
from sensor.detect.policy_mail import mail
from sensor.detect.policy_values import address, day, hostname, hours, mac, mail_address, network, tools, zone
from sensor.detect.section import Section


def parse(text: str, file: str) -> tuple[Policy, list[Mistake]]:
    """vigie.yml as text → the policy and every mistake in it. With mistakes, the policy is only good for reading on."""
    mistakes: list[Mistake] = []
    read = documents(text, file, mistakes)
    if not read:
        return Policy(), mistakes
    if len(read) > 1:
        mistakes.append(Mistake(file, read[1].line(), "one document only: take out the line '---'"))
    top = Section(read[0], (), mistakes)
    with top.section("dpo") as dpo:
        dpo_name = dpo.text("name") if dpo else ""
        dpo_mail = dpo.parsed("mail", None, "a mail address", mail_address) if dpo else None
    practice = _practice(top)
    policy = Policy(
        practice=practice,
        dpo_name=dpo_name,
        dpo_mail=dpo_mail,
        networks=_networks(top),
        devices=_devices(top),
        contracts=_contracts(top),
        hds=_hds(top),
        thresholds=_thresholds(top),
        quiet_hours=_hours(top, "quiet_hours"),
        retention=_retention(top),
        privacy=cast("Privacy", top.choice("privacy", "pseudonym", ("full", "pseudonym", "fleet"))),
        allowed_apps=frozenset(top.texts("allowed_apps", "a list of apps")),
        influxdb=influxdb(top, practice.site),
        report=_report(top),
        mail=mail(top, dpo_mail, practice.language),
    )
    top.done()
    return policy, mistakes


def _hours(section: Section, key: str) -> Hours | None:
    pair = section.parsed(key, None, 'hours like "08:00-19:00"', hours)
    return Hours(*pair) if pair else None


def _practice(top: Section) -> Practice:
    default = Practice()
    with top.section("practice") as section:
        if section is None:
            return default
        return Practice(
            name=section.text("name"),
            site=section.text("site"),
            timezone=section.parsed("timezone", default.timezone, 'a time zone like "Europe/Paris"', zone),
            language=cast("Language", section.choice("language", "fr", ("fr", "en"))),
        )


def _networks(top: Section) -> Networks:
    what = 'networks like "192.168.1.0/24"'
    with top.section("networks") as section:
        if section is None:
            return Networks()
        return Networks(
            local=section.each("local", what, network),
            guest=section.each("guest", what, network),
            personal=section.each("personal", what, network),
            sites=section.each("sites", what, network),
            guest_vlans=frozenset(section.each("guest_vlans", "VLAN numbers", _vlan)),
            personal_vlans=frozenset(section.each("personal_vlans", "VLAN numbers", _vlan)),
        )


def _vlan(text: str) -> int:
    number = int(text)
    if not 0 < number < 4095:  # IEEE 802.1Q: 0 and 4095 are no VLANs
        raise ValueError(text)
    return number


def _devices(top: Section) -> tuple[NamedDevice, ...]:
    devices: list[NamedDevice] = []
    seen: dict[str, str] = {}
    for section in top.sections("devices"):
        device = NamedDevice(
            name=section.required("name"),
            mac=section.parsed("mac", None, 'a MAC address like "00:11:22:33:44:55"', mac),
            ip=section.parsed("ip", None, "an IP address", address),
            group=cast("Group", section.choice("group", "own", GROUPS)),
            allowed=frozenset(section.texts("allowed", "a list of apps")),
        )
        if not section.has("mac") and not section.has("ip"):
            section.wrong(None, "a device needs 'mac' or 'ip'")
        for key in filter(None, (device.mac, device.ip)):
            if key in seen:
                section.wrong(None, f"{key} is already the device '{seen[key]}'")
            seen[key] = device.name
        devices.append(device)
    return tuple(devices)


def _contracts(top: Section) -> tuple[Contract, ...]:
    contracts = []
    for section in top.sections("contracts"):
        days = section.each("days", "days like mon, tue or mon-fri", day)
        contracts.append(
            Contract(
                provider=section.required("provider"),
                reference=section.required("reference"),
                tools=tuple(section.each("tools", "names of tools like teamviewer or rdp", tools)),
                posts=section.texts("posts", "names of devices"),
                hosts=section.each("hosts", "host names", hostname),
                networks=section.each("networks", "addresses or networks", network),
                days=frozenset().union(*days) if days else frozenset(range(7)),
                hours=_hours(section, "hours"),
                since=section.parsed("since", None, "a date like 2026-12-31", date.fromisoformat),
                until=section.parsed("until", None, "a date like 2026-12-31", date.fromisoformat),
            )
        )
    return tuple(contracts)


def _hds(top: Section) -> tuple[HdsHost, ...]:
    return tuple(
        HdsHost(
            host=section.parsed("host", "", "a host name", hostname),
            contract=section.required("contract"),
            until=section.parsed("until", None, "a date like 2026-12-31", date.fromisoformat),
        )
        for section in top.sections("hds")
    )


def _thresholds(top: Section) -> Thresholds:
    default = Thresholds()
    with top.section("thresholds") as section:
        if section is None:
            return default
        return Thresholds(**{name: section.size(name, getattr(default, name)) for name in Thresholds.__slots__})


def _report(top: Section) -> Report:
    with top.section("report") as section:
        if section is None:
            return Report()
        return Report(
            without=frozenset(section.each("without", f"sections among {', '.join(REPORT_SECTIONS)}", _chapter))
        )


def _chapter(text: str) -> str:
    if text not in REPORT_SECTIONS:
        raise ValueError(text)
    return text


def _retention(top: Section) -> Retention:
    default = Retention()
    with top.section("retention") as section:
        if section is None:
            return default
        keep = Retention(
            detail_days=section.number("detail_days", default.detail_days, least=1, most=31),
            alerts_months=section.number("alerts_months", default.alerts_months, least=1, most=36),
            totals_months=section.number("totals_months", default.totals_months, least=1, most=60),
            reason=section.text("reason").strip(),
        )
        for name in ("detail_days", "alerts_months", "totals_months"):
            if getattr(keep, name) > getattr(default, name) and not keep.reason:
                section.wrong(name, f"'{name}' above {getattr(default, name)} needs a written 'reason' beside it")
        return keep
