# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped nginx configuration, started on a free port of this machine in a folder of its own."""

import os
import re
import socket
import ssl
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "build-aux"))
import processes  # noqa: E402

SHIPPED = os.path.join(HERE, "..", "..", "data", "nginx", "tax-wallet.conf")
NAME = "wallet.example.com"

MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Front:
    """nginx before the sockets in `sockets`, with what the shipped file says and nothing else.

    Only what belongs to a machine is replaced: the address, its name, the certificate, the sockets'
    folder.
    timeouts: makes the named timeouts shorter, so that a test need not wait them out.
    address_header: a request that has it comes from the address that it names.
    others: folders of the sockets of more services, beside the first.
    callback_port: where callbacks are taken, where the shipped file has 8090.
    rates: lets so many requests a second through from one address, where the shipped file lets 20.
    """

    # pylint: disable-next=too-many-arguments
    def __init__(self, folder, sockets, timeouts=None, name=NAME, address_header=None, others=(),
                 rates=None, callback_port=None):
        self.folder = folder
        self.name = name
        self.port = free_port()
        self.callback_port = callback_port or free_port()
        self.certificate = os.path.join(folder, "tls.crt")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-keyout", os.path.join(folder, "tls.key"), "-out", self.certificate,
             "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"],
            check=True, capture_output=True)
        with open(SHIPPED, encoding="utf-8") as shipped:
            site = shipped.read()
        site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)
        site = site.replace("listen 443", f"listen 127.0.0.1:{self.port}")
        site = site.replace("127.0.0.1:8090", f"127.0.0.1:{self.callback_port}")
        site = site.replace("/etc/tax-wallet/tls.", f"{folder}/tls.")
        site = re.sub(r"^ *server unix:/run/tax-wallet/(\w+\.sock) (.*\n)", lambda line: "".join(
            f"  server unix:{where}/{line[1]} {line[2]}" for where in (sockets, *others)), site,
            flags=re.MULTILINE)
        if rates is not None:
            site = re.sub(r"rate=\d+r/[sm]", f"rate={rates}r/s", site)
        site = site.replace(f"server_name {NAME}", f"server_name {name}")
        for timeout, seconds in (timeouts or {}).items():
            site = re.sub(rf"\b{timeout} \d+s;", f"{timeout} {seconds}s;", site)
        if address_header is not None:
            site += f"set_real_ip_from 127.0.0.1;\nreal_ip_header {address_header};\n"
        user = "user root;" if os.getuid() == 0 else ""
        for name, text in (("site.conf", site),
                           ("nginx.conf", MAIN.format(folder=folder, user=user))):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(text)
        with open(os.path.join(folder, "nginx.log"), "wb") as log:
            self.process = processes.start(
                ["/usr/sbin/nginx", "-e", os.path.join(folder, "error.log"), "-p", folder,
                 "-c", os.path.join(folder, "nginx.conf")], stdout=log, stderr=log)
        if not processes.wait_until(self._answers, 10):
            with open(os.path.join(folder, "nginx.log"), encoding="utf-8") as log:
                raise AssertionError(f"nginx did not start: {log.read()}")

    def _answers(self):
        with socket.socket() as probe:
            return self.process.poll() is None and \
                probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        processes.stop(self.process)

    def connect(self, name=None, highest=None):
        """A TLS connection, certificate and name checked."""
        context = ssl.create_default_context(cafile=self.certificate)
        if highest is not None:
            context.maximum_version = highest
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        return context.wrap_socket(plain, server_hostname=name or self.name)

    def send(self, request):
        """Sends bytes as they are; returns the status and all that came back until the end."""
        with self.connect() as connection:
            connection.sendall(request)
            answer = b""
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except (ConnectionResetError, ssl.SSLError):
                pass
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0
        return status, answer

    def ask(self, method, path, body=b"", headers=()):
        """A well-formed request; returns the status and all that came back."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.name}", "Connection: close", *headers]
        if body or method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
