"""A morning at an invented practice, squeezed into one minute of packets: what `vigie demo` replays and what tests look at.

Made here, with scapy, and from nobody's capture. It stands in `sensor` because packets are the sensor's matter: the demo, the
self-test and the bench use it without a web page; nothing of the chain imports it. People, practice and addresses are
invented (RFC 5737, RFC 3849, RFC 2606); only the names by which products are recognised are real.

    film      packets on a time line, written as one capture file
    cast      who is there: devices of the practice, hosts of the internet
    tcp, tls  a conversation with sequence numbers, checksums, hellos
    mail, messaging, remote, upload, office   one scene each; `morning` puts them together

The same seed gives the same bytes.
"""
