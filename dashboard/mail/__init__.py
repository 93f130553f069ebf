"""The DPO's mails: what they say, when, and how they leave. Called by `vigie relay`, the only process that sends.

stores ──► telling ──► letters ──► outbox ──► submission ──► the practice's mail server
alerts     when        what        durable    TLS, SASL      the cursor moves with the outbox, in one commit

when       at once, digest, quiet hours, the day's cap, the week: pure
telling    each alert once to each recipient; what waits; threads
alerts, digests, weekly   the letters; writing: what they share; sheet, html: their two forms; words/: French and English
message, sealed           bytes with headers; S/MIME
outbox     states, tries, back-off; `queue` is for other letters too (the monthly report)
submission one connection, told in outcomes; trouble: what is said when a person must look
mailer     the loop; post: what vigie.yml says, with its files
providers  the settings of the usual French providers, for `vigie setup mail`
"""
