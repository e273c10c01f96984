# SPDX-License-Identifier: MIT
"""Certificates for tests: authorities that nobody trusts but a test, and what they issue."""

import datetime as dt
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Authority", "self_signed"]


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority.

    Attributes:
        name: the organisation in its name.
        ca_file: its certificate as PEM.
        folder: where it writes what it issues.
    """

    name: str
    ca_file: Path
    folder: Path
    _ca: trustme.CA

    @classmethod
    def found(cls, name: str, folder: Path) -> "Authority":
        """Found an authority.

        Args:
            name: the organisation in its name.
            folder: where its files go.
        """
        ca = trustme.CA(organization_name=name, organization_unit_name="Tests")
        ca_file = folder / f"{name}.pem"
        ca.cert_pem.write_to_path(ca_file)
        return cls(name, ca_file, folder, ca)

    def serving(
        self, *names: str, expired: bool = False, clients_of: "Authority | None" = None
    ) -> ssl.SSLContext:
        """Make a server's context with a certificate of this authority.

        Args:
            names: the host names and addresses in the certificate.
            expired: whether the certificate is past its end.
            clients_of: the authority of which a client must show a certificate.
        """
        end = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) if expired else None
        certificate = self._ca.issue_cert(*names, not_after=end)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # trustme also takes a context of pyOpenSSL, which is not installed: its type is not known.
        certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
        if clients_of is not None:
            context.load_verify_locations(str(clients_of.ca_file))
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client(self, name: str) -> tuple[Path, Path]:
        """Issue a client's certificate.

        Args:
            name: the client.

        Returns:
            The certificate's file and the key's.
        """
        issued = self._ca.issue_cert(name)
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        issued.cert_chain_pems[0].write_to_path(certificate)
        issued.private_key_pem.write_to_path(key)
        return certificate, key


def self_signed(folder: Path, *names: tuple[x509.ObjectIdentifier, str]) -> ssl.SSLContext:
    """Make a server's context with a certificate for 127.0.0.1 that it signed itself.

    Args:
        folder: where the files go.
        names: the parts of its name; a common name and an organisation where there are none.
    """
    own = names or (
        (NameOID.COMMON_NAME, "Example Council Proxy"),
        (NameOID.ORGANIZATION_NAME, "Example Council"),
    )
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in own])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    both = folder / "self-signed.pem"
    both.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context
