"""A pyftpdlib server on 127.0.0.1 with one account; its password is in FTP_PASSWORD."""

import argparse
import logging
import os

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.filesystems import AbstractedFS, FilesystemError
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

READ, WRITE = "elr", "adfmwMT"


class Unbuffered(AbstractedFS):
    """Unbuffered files: on a full disk close() fails otherwise, and pyftpdlib sends no reply."""

    def open(self, filename, mode):
        return open(filename, mode, buffering=0)


class NeverReplacing(Unbuffered):
    """RNTO to a name that exists is refused, as on Windows."""

    def rename(self, src, dst):
        if os.path.lexists(dst):
            raise FilesystemError("File exists")
        super().rename(src, dst)


def tls_handler(arguments):
    """Explicit or implicit TLS; with an authority, a client certificate is required."""

    class Handler(TLS_FTPHandler):
        certfile = arguments.certificate
        tls_control_required = True
        tls_data_required = True

        def handle(self):
            if arguments.implicit:
                # What AUTH TLS does, before the greeting; PROT P is implied.
                self.secure_connection(self.ssl_context)
                self._prot = True
            super().handle()

    if arguments.authority:
        from OpenSSL import SSL

        context = Handler.get_ssl_context()
        context.set_session_id(b"bench")  # without it, sessions with client certificates are not resumed
        context.load_verify_locations(arguments.authority)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--read-only", action="store_true")
    parser.add_argument("--never-replace", action="store_true", help="refuse RNTO to a name that exists")
    parser.add_argument("--certificate", help="PEM with key and certificate: TLS is required")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--authority", help="PEM: the client must present a certificate of it")
    arguments = parser.parse_args()

    logging.basicConfig(level=logging.DEBUG)
    authorizer = DummyAuthorizer()
    permissions = READ if arguments.read_only else READ + WRITE
    authorizer.add_user(arguments.user, os.environ["FTP_PASSWORD"], arguments.root, perm=permissions)
    handler = tls_handler(arguments) if arguments.certificate else FTPHandler
    handler.authorizer = authorizer
    handler.abstracted_fs = NeverReplacing if arguments.never_replace else Unbuffered
    handler.use_sendfile = False
    FTPServer(("127.0.0.1", arguments.port), handler).serve_forever()


if __name__ == "__main__":
    main()
