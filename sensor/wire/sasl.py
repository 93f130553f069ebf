"""Names of log-in mechanisms (RFC 4422, IANA's list of SASL mechanisms). Called by the readers of SMTP, POP3, IMAP and XMPP.

A closed list: where a mechanism should stand a careless client, or another protocol, may write a secret.
"""

OTHER = "OTHER"

MECHANISMS = frozenset(
    [
        "9798-M-DSA-SHA1",
        "9798-M-ECDSA-SHA1",
        "9798-M-RSA-SHA1-ENC",
        "9798-U-DSA-SHA1",
        "9798-U-ECDSA-SHA1",
        "9798-U-RSA-SHA1-ENC",
        "ANONYMOUS",
        "CRAM-MD5",
        "DIGEST-MD5",
        "ECDH-X25519-CHALLENGE",
        "ECDSA-NIST256P-CHALLENGE",
        "EXTERNAL",
        "GS2-IAKERB",
        "GS2-KRB5",
        "GSS-SPNEGO",
        "GSSAPI",
        "KERBEROS_V4",
        "KERBEROS_V5",
        "LOGIN",
        "NTLM",
        "OAUTH10A",
        "OAUTHBEARER",
        "OPENID20",
        "OTP",
        "PLAIN",
        "PLAIN-CLIENTTOKEN",
        "SAML20",
        "SCRAM-SHA-1",
        "SCRAM-SHA-1-PLUS",
        "SCRAM-SHA-256",
        "SCRAM-SHA-256-PLUS",
        "SCRAM-SHA-512",
        "SCRAM-SHA-512-PLUS",
        "SECURID",
        "SKEY",
        "SPNEGO",
        "SPNEGO-PLUS",
        "SXOVER-PLUS",
        "X-GSSAPI",
        "XOAUTH",
        "XOAUTH2",
        "XYMCOOKIE",
    ]
)


def mechanism(word: bytes) -> str | None:
    """The mechanism that `word` names, `OTHER` if it is none that is known; None if there is no word."""
    if not word:
        return None
    name = word.upper().decode("ascii", "replace")
    return name if name in MECHANISMS else OTHER
