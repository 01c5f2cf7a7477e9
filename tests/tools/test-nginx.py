#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped nginx configuration stops what must not reach the service.

Behind it stands a recorder on the two sockets: what counts here is what arrives at it. The tests
of the service itself put the same Front before the real one.
"""

import http.server
import json
import os
import socket
import socketserver
import ssl
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import tap  # noqa: E402
from front import NAME, Front, processes  # noqa: E402

MIB = 1024 * 1024
HOST = f"Host: {NAME}\r\n".encode()


class Recorder(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def __init__(self, path):
        self.seen = []
        self.cut = False  # takes a request, and hangs up
        super().__init__(path, Handler)
        self.connections = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def process_request(self, request, client_address):
        self.connections.append(request)
        super().process_request(request, client_address)

    def die(self):
        """As when its process is killed: what it has open is closed."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers), len(body)))
        if self.server.cut:
            self.close_connection = True
            return
        if self.path.startswith("/v1/feed"):
            time.sleep(float(self.path.partition("wait=")[2] or 0))
        said = b'{"status": "ok"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer

    def address_string(self):
        return "socket"

    def log_message(self, *arguments):
        pass


class Setting:
    def __init__(self, timeouts=None, address_header=None):
        self.folder = tempfile.TemporaryDirectory(prefix="tw-nginx.")
        self.api = Recorder(os.path.join(self.folder.name, "api.sock"))
        self.feed = Recorder(os.path.join(self.folder.name, "feed.sock"))
        self.front = Front(self.folder.name, self.folder.name, timeouts,
                           address_header=address_header)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.front.stop()
        self.api.shutdown()
        self.feed.shutdown()


def code_of(answer):
    return json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"]


def test_passes_what_is_right():
    with Setting() as it:
        status, answer = it.front.ask("POST", "/v1/commands", b'{"commands": []}',
                                      ["Authorization: Bearer x", "X-Forwarded-For: 8.8.8.8"])
        assert status == 200, answer
        command, path, headers, size = it.api.seen[0]
        assert (command, path, size) == ("POST", "/v1/commands", 16)
        assert headers["Authorization"] == "Bearer x" and headers["Host"] == NAME
        assert headers["X-Forwarded-For"] == "127.0.0.1", "the address was taken from the client"
        assert b"strict-transport-security" in answer.lower()
        assert b"nginx/" not in answer


def test_feed_goes_to_its_own_socket():
    with Setting() as it:
        status, answer = it.front.ask("GET", "/v1/feed?wait=1.5")
        assert status == 200, answer
        assert len(it.feed.seen) == 1 and not it.api.seen


def test_only_tls_1_3():
    with Setting() as it:
        with it.front.connect() as connection:
            assert connection.version() == "TLSv1.3"
        try:
            it.front.connect(highest=ssl.TLSVersion.TLSv1_2)
        except (ssl.SSLError, ConnectionResetError):
            return
        raise AssertionError("TLS 1.2 was taken")


def test_another_name_gets_nothing():
    with Setting() as it:
        try:
            it.front.connect(name="other.example.com")
        except (ssl.SSLCertVerificationError, AssertionError):
            raise AssertionError("a certificate was shown to another name") from None
        except (ssl.SSLError, ConnectionResetError):
            return
        raise AssertionError("another name was taken")


def test_sizes():
    with Setting() as it:
        for path, size, fine in (("/v1/commands", MIB, True), ("/v1/commands", MIB + 1, False),
                                 ("/v1/blobs/aa", 3 * MIB, True),
                                 ("/v1/blobs/aa", 64 * MIB + 1, False),
                                 ("/v1/sessions", 16 * 1024 + 1, False),
                                 ("/v1/feed", 2000, False)):
            status, answer = it.front.ask("PUT", path, b"x" * size)
            # What is far too large is answered before it was all sent, and the line may be cut.
            assert status == (200 if fine else 413) or not fine and status == 0, (path, size, answer)
            if status == 413:
                assert code_of(answer) == "too_large"
        assert [seen[3] for seen in it.api.seen] == [MIB, 3 * MIB]
        status, answer = it.front.ask("GET", "/v1/records?after=" + "x" * 9000)
        assert status in (413, 414), answer


def test_no_request_is_smuggled():
    inner = b"GET /v1/inner HTTP/1.1\r\n" + HOST + b"\r\n"
    probes = {
        "length and chunks": b"POST /v1/commands HTTP/1.1\r\n" + HOST +
                             b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
        "two lengths": b"POST /v1/commands HTTP/1.1\r\n" + HOST +
                       b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(inner) + inner,
        "two hosts": b"GET /v1/health HTTP/1.1\r\n" + HOST + b"Host: evil.example.com\r\n\r\n",
        "odd coding": b"POST /v1/commands HTTP/1.1\r\n" + HOST +
                      b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + inner,
        "space before colon": b"POST /v1/commands HTTP/1.1\r\n" + HOST +
                              b"Content-Length : 5\r\n\r\nhello",
        "negative length": b"POST /v1/commands HTTP/1.1\r\n" + HOST +
                           b"Content-Length: -1\r\n\r\n",
        "huge length": b"POST /v1/commands HTTP/1.1\r\n" + HOST +
                       b"Content-Length: 99999999999999999999\r\n\r\n",
        "zero in the path": b"GET /v1/\x00health HTTP/1.1\r\n" + HOST + b"\r\n",
        "not http": b"\x16\x03\x01\x00\x00hello\r\n\r\n",
    }
    for name, probe in probes.items():
        with Setting({"keepalive_timeout": 1}) as it:
            status, answer = it.front.send(probe)
            if name == "space before colon":
                assert all(seen[3] == 0 for seen in it.api.seen), (name, it.api.seen)
            else:
                assert status in (400, 411, 413, 501), (name, answer)
                assert not it.api.seen, (name, it.api.seen)
            assert not any("inner" in seen[1] for seen in it.api.seen), name


def test_chunks_become_a_length():
    with Setting() as it:
        status, answer = it.front.send(
            b"POST /v1/commands HTTP/1.1\r\n" + HOST + b"Connection: close\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        assert status == 200, answer
        _, _, headers, size = it.api.seen[0]
        assert size == 5 and "Transfer-Encoding" not in headers
    with Setting() as it:
        block = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        status, answer = it.front.send(
            b"POST /v1/commands HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" +
            block * 20 + b"0\r\n\r\n")
        assert status in (0, 413) and not it.api.seen, answer


def test_ranges_and_expectations_stay_outside():
    with Setting() as it:
        status, _ = it.front.ask("GET", "/v1/health",
                                 headers=["Range: bytes=0-1,1-2", "If-Range: x", "X_Odd: 1"])
        assert status == 200
        headers = it.api.seen[0][2]
        assert not {"Range", "If-Range", "Expect", "X_Odd"} & set(headers), headers


def test_the_slow_are_let_go():
    with Setting({"client_header_timeout": 1, "client_body_timeout": 1}) as it:
        for probe in (b"GET /v1/health HT", b"POST /v1/commands HTTP/1.1\r\n" + HOST +
                      b"Content-Length: 10\r\n\r\nhal"):
            begun = time.monotonic()
            it.front.send(probe)
            assert time.monotonic() - begun < 8, probe
        assert not it.api.seen


def test_inner_pages_stay_inside():
    with Setting() as it:
        for path in ("/metrics", "/", "/v1", "/v1/../metrics", "/v1/%2e%2e/metrics", "/admin"):
            status, answer = it.front.ask("GET", path)
            assert status == 404 and code_of(answer) == "not_found", (path, answer)
        assert not it.api.seen, it.api.seen


def test_too_many():
    with Setting() as it:
        told = [it.front.ask("POST", "/v1/sessions", b"{}")[0] for _ in range(40)]
        assert told[0] == 200 and told.count(429) >= 10, told
        assert len(it.api.seen) == told.count(200)


def test_guests_are_counted_apart():
    with Setting() as it:
        guests = [it.front.ask("POST", "/v1/commands", b"{}")[0] for _ in range(40)]
        assert guests[0] == 200 and guests.count(429) >= 10, guests
        signed_in = [it.front.ask("POST", "/v1/commands", b"{}", ["Authorization: Bearer x"])[0]
                     for _ in range(40)]
        assert signed_in.count(200) == 40, signed_in


def test_a_network_is_one_client():
    def sign_in(it, address):
        return it.front.ask("POST", "/v1/sessions", b"{}", [f"X-Test-Address: {address}"])[0]

    # The newline (0a) and the zeros are there to be a nuisance to whoever takes bytes for text.
    for network in ("2001:db8:0a0a:a", "2001:db8:0:0"):
        with Setting(address_header="X-Test-Address") as it:
            told = [sign_in(it, f"{network}:{n:x}:0:a0a:{n + 1:x}") for n in range(40)]
            assert told[0] == 200 and told.count(429) >= 10, told
            assert sign_in(it, "2001:db8:a0a:b::1") == 200, "another network was refused"
    with Setting(address_header="X-Test-Address") as it:
        assert [sign_in(it, f"192.0.2.{n}") for n in range(40)].count(200) == 40


def test_a_service_that_is_away():
    with tempfile.TemporaryDirectory(prefix="tw-nginx.") as folder:
        front = Front(folder, folder)
        try:
            for path in ("/v1/health", "/v1/feed"):
                status, answer = front.ask("GET", path)
                assert status == 503 and code_of(answer) == "busy", answer
        finally:
            front.stop()


class Several:
    """Two services behind one nginx."""

    def __init__(self, folder):
        folders = [os.path.join(folder, name) for name in ("one", "two")]
        for name in folders:
            os.mkdir(name)
        self.services = [[Recorder(os.path.join(name, sock)) for sock in ("api.sock", "feed.sock")]
                         for name in folders]
        self.front = Front(folder, folders[0], others=folders[1:], rates=5000)

    def ask(self, person, method, path, body=b""):
        return self.front.ask(method, path, body, [f"Authorization: Bearer {person}"])[0]

    def who_saw(self, person):
        """Which service had a request of the person on which socket."""
        return {(service, sock) for service, pair in enumerate(self.services)
                for sock, recorder in enumerate(pair)
                if any(seen[2].get("Authorization") == f"Bearer {person}" for seen in recorder.seen)}

    def stop(self, service):
        for recorder in self.services[service]:
            recorder.die()

    def end(self):
        self.front.stop()
        for service in (0, 1):
            self.stop(service)


def test_each_session_has_its_service():
    with tempfile.TemporaryDirectory(prefix="tw-nginx.") as folder:
        it = Several(folder)
        try:
            people = [f"person-{n}" for n in range(24)]
            for person in people:
                for method, path in (("POST", "/v1/commands"), ("GET", "/v1/feed"),
                                     ("POST", "/v1/commands"), ("GET", "/v1/health")):
                    assert it.ask(person, method, path, b"{}" if method == "POST" else b"") == 200
            seen = [it.who_saw(person) for person in people]
            assert all(who in ({(0, 0), (0, 1)}, {(1, 0), (1, 1)}) for who in seen), seen
            assert {(0, 0), (0, 1)} in seen and {(1, 0), (1, 1)} in seen, "one has all of them"
            # The other one takes over, at once and for everybody.
            it.stop(0)
            for person in people:
                assert it.ask(person, "POST", "/v1/commands", b"{}") == 200, person
                assert it.ask(person, "GET", "/v1/feed") == 200, person
            assert all((1, 0) in it.who_saw(person) for person in people)
        finally:
            it.end()


def test_what_was_sent_is_not_sent_again():
    with tempfile.TemporaryDirectory(prefix="tw-nginx.") as folder:
        it = Several(folder)
        try:
            for service in it.services:
                service[0].cut = True
            assert it.ask("x", "POST", "/v1/commands", b"{}") == 503
            assert sum(len(service[0].seen) for service in it.services) == 1
            # What only looks may look twice.
            assert it.ask("x", "GET", "/v1/records") == 503
            assert [len([1 for seen in service[0].seen if seen[0] == "GET"])
                    for service in it.services] == [1, 1]
        finally:
            it.end()


if __name__ == "__main__":
    processes.become_reaper()
    sys.exit(tap.run_tests([
        test_passes_what_is_right, test_feed_goes_to_its_own_socket, test_only_tls_1_3,
        test_another_name_gets_nothing, test_sizes, test_no_request_is_smuggled,
        test_chunks_become_a_length, test_ranges_and_expectations_stay_outside,
        test_the_slow_are_let_go, test_inner_pages_stay_inside, test_too_many,
        test_guests_are_counted_apart, test_a_network_is_one_client, test_a_service_that_is_away,
        test_each_session_has_its_service, test_what_was_sent_is_not_sent_again]))
