"""A passkey in software: makes credentials and answers challenges as a browser would, for tests of the server's side."""

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ORIGIN = "https://testserver"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """One passkey for the host `testserver`."""

    def __init__(self, name: bytes = b"soft-key-0123456") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name

    def credential(self) -> dict[str, Any]:
        """What is kept of it when it is added."""
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.name, public)
        data = AuthenticatorData.create(self._host(), PRESENT | VERIFIED | ATTESTED, 0, attested)
        parts = {
            "clientDataJSON": websafe_encode(self._client("webauthn.create", "AAAA", ORIGIN)),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._said(parts)

    def answer(self, options: dict[str, Any], *, verified: bool = True, origin: str = ORIGIN, wrong: bool = False) -> str:
        """The JSON of an assertion for these options."""
        challenge = options["publicKey"]["challenge"]
        text = challenge if isinstance(challenge, str) else websafe_encode(challenge)
        client = self._client("webauthn.get", text, origin)
        data = AuthenticatorData.create(self._host(), PRESENT | (VERIFIED if verified else 0), 1)
        signature = self.key.sign(data + hashlib.sha256(client).digest() + (b"x" if wrong else b""), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return json.dumps(self._said({name: websafe_encode(part) for name, part in parts.items()}))

    def _said(self, parts: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.name)
        return {"id": name, "rawId": name, "type": "public-key", "response": parts, "clientExtensionResults": {}}

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return bytes(CollectedClientData.create(type=kind, challenge=challenge, origin=origin))

    def _host(self) -> bytes:
        return hashlib.sha256(b"testserver").digest()
