# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be refused, each with its clear answer, while the service stays up and nothing is half done."""

import json
import os
import random
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.environ["TW_SRCDIR"], "tests", "tools"))
# pylint: disable=wrong-import-position
import tap
from service import Connection, Person, Service, uuid7, wait_for

SERVICE = Service().start()
SERVICE.add_agent("mei", "senior", "Agent Mei")
USER = Person(SERVICE, "Sample Person", 1)
OTHER = Person(SERVICE, "Other Person", 2)
MEI = Person(SERVICE)
USER.register()
USER.sign_in()
OTHER.register()
OTHER.sign_in()
MEI.sign_in("mei")


def post(text, person=USER, headers=None):
    """A request whose body is this text."""
    body = text if isinstance(text, bytes) else text.encode()
    return person.call("POST", "/v1/commands", body, headers)


def assert_invalid(answer, text, *status):
    """Refused as a whole, in words, in the form of an error."""
    assert answer.status in (status or (400,)), (text[:100], answer.status, answer.body[:300])
    assert answer.json["error"]["message"], answer.body


def ask(**body):
    """A command that would be done as it is."""
    return USER.command("ticket.ask", {"subject": "Hello", "text": "Is anybody there?", **body},
                        signed=False)


def count_tickets():
    """How many the person has."""
    return len(USER.follow().find("ticket"))


def test_json_that_is_none():
    good = json.dumps({"commands": [ask()]})
    for text in ("", "{", "nonsense", "null", "[]", '"text"', "{}", '{"commands": {}}', '{"commands": []}',
                 '{"commands": [1]}', '{"commands": [{}]}', good[:-1], good + "x", good + good,
                 good.replace(":", "=", 1), good.replace("{", "/* */ {", 1), "\ufeff" + good,
                 '{"commands": [], "other": 1}',
                 good.replace('"', "'"), good.replace('}]', '},]'), good.replace('"kind"', "kind")):
        assert_invalid(post(text), text)
    assert_invalid(post(b'{"commands": ["\xff\xfe"]}'), "bytes")
    assert_invalid(post(good.encode("utf-16")), "utf-16")
    assert_invalid(post(good.encode()[:-1] + b"\0}"), "zero")
    assert count_tickets() == 0


def test_duplicate_key():
    text = json.dumps({"commands": [ask()]})
    for twice in (text.replace('"kind"', '"kind": "ticket.rate", "kind"'),
                  text.replace('"text"', '"text": "other", "text"'),
                  text.replace('"kind"', '"kin\\u0064": "ticket.rate", "kind"')):
        assert_invalid(post(twice), twice)
    assert count_tickets() == 0


def test_depth():
    for depth in (17, 10_000, 100_000):
        assert_invalid(post("[" * depth), f"depth {depth}")
        assert_invalid(post('{"commands": ' + "[" * depth + "]" * depth + "}"), f"depth {depth}")
        text = json.dumps({"commands": [ask(extra="here")]})
        assert_invalid(post(text.replace('"here"', '{"a":' * depth + "1" + "}" * depth)),
                       f"depth {depth}")


def test_members_of_a_command():
    for change in ({"id": "x"}, {"id": "01900000-0000-4000-8000-000000000001"}, {"id": 7}, {"id": None},
                   {"intent": ""}, {"kind": 5}, {"kind": "x" * 65}, {"at": "yesterday"}, {"at": 0},
                   {"body": []}, {"body": None}, {"signature": 5}, {"signature": "x" * 129},
                   {"other": True}, {"id": uuid7().upper()}):
        command = {**ask(), **change}
        assert_invalid(USER.send(command), str(change), 400, 413)
        # With it, what would have been right is not done either.
        assert_invalid(USER.send(ask(), command), str(change), 400, 413)
    assert count_tickets() == 0


def test_too_many_commands():
    many = [USER.command("no.such", {}, signed=False) for _ in range(1001)]
    assert_invalid(USER.send(*many), "1001", 413)
    answer = USER.send(*many[:1000])
    assert answer.status == 200 and len(answer.json["results"]) == 1000
    assert {r["code"] for r in answer.json["results"]} == {"invalid"}


def test_unknown_kind_goes_alone():
    unknown = USER.command("ticket.dance", {}, signed=False)
    results = USER.send(unknown, ask()).json["results"]
    assert [r["state"] for r in results] == ["refused", "done"], results
    assert results[0]["code"] == "invalid" and results[0]["id"] == unknown["id"]
    for kind in ("rail.settle", "rail.confirm", "tax.issue"):
        for person in (USER, MEI):
            assert person.do(kind, {}, signed=False)["code"] == "not_allowed", kind
    assert count_tickets() == 1


def test_members_of_a_body():
    for body in ({"extra": 1}, {"subject": 5}, {"text": None}, {"text": ""}, {"about_type": "wallet"},
                 {"about_type": "bill"}, {"about_id": uuid7()},
                 {"subject": "bell \a"}, {"text": "\x1b[31m"}):
        results = USER.send(ask(**body)).json["results"]
        assert (results[0]["state"], results[0]["code"]) == ("refused", "invalid"), (body, results)
        assert results[0]["words"] and results[0]["remedy"] == "edit", results
    assert_invalid(USER.send(ask(text="zero \0 byte")), "zero")
    assert count_tickets() == 1


def test_any_script_is_kept_as_it_is():
    for text in ("emoji 👩‍👩‍👧‍👦🏳️‍🌈", "שלום עולם", "مرحبا بالعالم", "=HYPERLINK(\"x\")", "ｆｕｌｌ１２３",
                 "line\nbreak\ttab", "<script>alert(1)</script>", "'; DROP TABLE ticket; --", "𠮷野家",
                 "x" * 8000, "汉" * 8000):
        ticket = USER.must("ticket.ask", {"subject": "Any script", "text": text})["ticket_id"]
        USER.follow()
        assert USER.find("message", ticket_id=ticket)[0]["text"] == text, text[:50]
    # What turns the reading order around could make a text say another thing than it shows.
    result = USER.do("ticket.ask", {"subject": "turned", "text": "abc\u202edef"})
    assert result["state"] == "done" or result["code"] == "invalid", result


def test_numbers():
    base = {"commands": [USER.command("wallet.top_up", {"amount_fen": 7})]}
    for number in ("1.5", "1e3", "1E400", "-0.0", "NaN", "Infinity", "0x10", "01", "+1", "12345678901234567890",
                   '"100"', '"１００"', '"1,234.5"', "true", "null", "[]", "-5", "0", "100000000001"):
        text = json.dumps(base).replace('"amount_fen": 7', f'"amount_fen": {number}')
        answer = post(text)
        if answer.status == 200:
            result = answer.json["results"][0]
            assert result["state"] == "refused", (number, result)
        else:
            assert_invalid(answer, number)


def test_signatures():
    body = {"amount_fen": 100}
    good = USER.command("wallet.top_up", body)
    # Not at the end: the last byte of a signature is often zero anyway.
    turned = ("B" if good["signature"][0] == "A" else "A") + good["signature"][1:]
    for command in ({**good, "body": {"amount_fen": 200}}, {**good, "intent": uuid7()},
                    {**good, "id": uuid7()}, {**good, "at": good["at"].replace("Z", "+00:01")},
                    {**good, "signature": turned},
                    {**good, "signature": ""}, {k: v for k, v in good.items() if k != "signature"},
                    OTHER.command("wallet.top_up", body), MEI.command("wallet.top_up", body)):
        result = USER.send(command).json["results"][0]
        assert result["code"] == "bad_signature", result
    # A stolen command is no use in another session.
    assert OTHER.send(good).json["results"][0]["code"] == "bad_signature"
    assert USER.send(good).json["results"][0]["state"] == "done"


def test_clock():
    body = {"amount_fen": 100, "again": True}
    for ahead_s, code in ((3600, "clock"), (-3600, "expired"), (10 * 365 * 86400, "clock")):
        command = USER.command("wallet.top_up", body, ahead_s=ahead_s)
        result = USER.send(command).json["results"][0]
        assert result["code"] == code, (ahead_s, result)
    assert USER.do("wallet.top_up", body, ahead_s=240)["state"] == "done"
    assert USER.do("ticket.ask", {"subject": "Late", "text": "Written a day ago"},
                   ahead_s=-86400)["state"] == "done"


def test_stolen_id():
    command = ask()
    assert USER.send(command).json["results"][0]["state"] == "done"
    other = OTHER.command("ticket.ask", {"subject": "Mine", "text": "Not yours"}, id=command["id"])
    result = OTHER.send(other).json["results"][0]
    assert (result["state"], result["code"]) == ("refused", "command_changed"), result
    # Money the same: refused in words, and not said to have failed for no reason.
    top_up = USER.command("wallet.top_up", {"amount_fen": 100, "again": True})
    assert USER.send(top_up).json["results"][0]["state"] == "done"
    for kind, body in (("wallet.top_up", {"amount_fen": 200}), ("wallet.top_up", {"amount_fen": 100})):
        result = OTHER.send(OTHER.command(kind, body, id=top_up["id"])).json["results"][0]
        assert (result["state"], result["code"]) == ("refused", "command_changed"), result
    guest = Person(SERVICE, "Guest", 7)
    result = guest.send(guest.command("account.register", guest.registration(), id=USER.account))
    assert result.json["results"][0]["state"] == "refused", result.body


def test_guests():
    guest = Person(SERVICE, "Guest", 8)
    assert guest.send(guest.command("ticket.ask", {"subject": "x", "text": "y"})).status == 401
    command = guest.command("account.register", guest.registration())
    for device in ({}, [], {"id": guest.device}, {"id": "x", "public_key": guest.public_key},
                   {"id": guest.device, "public_key": "AAAA"}, {**guest.device_json(), "role": "senior"}):
        assert_invalid(SERVICE.call("POST", "/v1/commands", {"device": device, "commands": [command]}),
                       str(device))
    assert SERVICE.call("POST", "/v1/commands", {"commands": [command]}).status == 401
    unsigned = {k: v for k, v in command.items() if k != "signature"}
    assert guest.send(unsigned).json["results"][0]["code"] == "bad_signature"
    # A session is not made to speak for another device.
    both = USER.call("POST", "/v1/commands", {"device": guest.device_json(), "commands": [ask()]})
    assert_invalid(both, "both")


def test_a_guest_asks_for_few_things():
    """Each registration is a slow hash: a thousand in one request would hold up everybody else's."""
    guest = Person(SERVICE, "Guest", 9)
    many = [guest.command("account.register", {}) for _ in range(9)]
    assert_invalid(guest.send(*many), "9 of a guest", 413)
    results = guest.send(*many[:8]).json["results"]
    assert [r["code"] for r in results] == ["invalid"] * 8, results


def test_headers():
    text = json.dumps({"commands": [ask()]})
    for header in ("Bearer", "Bearer ", "Basic abc", "Bearer " + "x" * 5000, USER.token):
        answer = SERVICE.call("POST", "/v1/commands", text.encode(), {"Authorization": header})
        assert answer.status == 401, (header[:30], answer.status)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert_invalid(post(text, headers={"Content-Type": kind}), kind)


def test_routes():
    for method, path, status in (("GET", "/", 404), ("GET", "/v1", 404), ("GET", "/v1/commands", 400),
                                 ("POST", "/v1/commands/", 404), ("GET", "/v1/feed", 404),
                                 ("DELETE", "/v1/sessions", 400), ("GET", "/v1/blobs/", 404),
                                 ("OPTIONS", "/v1/commands", 400), ("TRACE", "/v1/health", 400),
                                 ("GET", "/v1/blobs/%2e%2e%2fkeys", 400), ("GET", "/metrics/x", 404)):
        answer = USER.call(method, path)
        assert answer.status == status, (method, path, answer.status)
    assert USER.call("POST", "/v1/commands", {}, feed=True).status == 404
    for query in ("wait=26", "wait=-1", "wait=x", "limit=0", "limit=1001", "after=nonsense", "other=1"):
        answer = USER.call("GET", f"/v1/feed?{query}", feed=True)
        assert answer.status in (400, 410) or "gap" in answer.json, (query, answer.status)


def test_sign_in_bodies():
    device = USER.device_json()
    for body in ({}, [], {"login": "a", "password": "b"}, {"login": 1, "password": "b", "device": device},
                 {"login": "a", "password": ["b"], "device": device},
                 {"login": "a" * 65, "password": "b", "device": device},
                 {"login": "a", "password": "b" * 257, "device": device},
                 {"login": "a", "password": "b", "device": {**device, "x": 1}},
                 {"login": "a", "password": "b", "device": device, "role": "senior"}):
        answer = SERVICE.call("POST", "/v1/sessions", body)
        assert_invalid(answer, str(body)[:80], 400, 413)


def test_ten_megabytes():
    command = ask(text="x" * 10_000_000)
    answer = USER.send(command)
    assert_invalid(answer, "10 MB", 413)
    assert answer.headers["connection"] == "close"
    # Without saying before how long it is.
    connection = Connection(f"{SERVICE.folder}/api.sock")
    connection.request("POST", "/v1/commands", iter([b"x" * 100_000] * 100),
                       {**USER.headers(), "Content-Type": "application/json"}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_polls_end_with_their_client():
    def parked():
        lines = SERVICE.call("GET", "/metrics").body.decode().splitlines()
        return int(next(l for l in lines if l.startswith("tax_wallet_polls_parked ")).split()[1])

    USER.follow()
    clients = []
    for _ in range(5):
        client = Connection(f"{SERVICE.folder}/feed.sock")
        client.request("GET", f"/v1/feed?after={USER.cursor}&wait=25", headers=USER.headers())
        clients.append(client)
    wait_for(lambda: parked() == 5, "five parked polls")
    for client in clients:
        client.close()
    wait_for(lambda: parked() == 0, "no parked poll")


def test_a_parked_poll_hears_of_news():
    pages = []
    USER.follow()
    thread = threading.Thread(target=lambda: pages.append(USER.poll(wait=25)))
    thread.start()
    MEI.follow()
    ticket = USER.find("ticket")[0]["id"]
    MEI.must("ticket.reply", {"ticket_id": ticket, "text": "News"})
    thread.join()
    assert any(item["type"] == "message" for item in pages[0]["items"]), pages


def test_a_storm_of_bytes():
    """Cut, changed and mixed-up requests from one seed; the service answers or hangs up, and stays."""
    dice = random.Random(20260301)
    head = (f"POST /v1/commands HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {USER.token}\r\n"
            "Content-Type: application/json\r\n")
    for _ in range(300):
        body = bytearray(json.dumps({"commands": [ask()]}).encode())
        for _ in range(dice.randrange(1, 6)):
            place = dice.randrange(len(body))
            body[place:place + dice.randrange(3)] = dice.randbytes(dice.randrange(4))
        request = bytearray(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        if dice.random() < 0.3:
            place = dice.randrange(len(request))
            request[place] = dice.randrange(256)
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(10)
        client.connect(f"{SERVICE.folder}/api.sock")
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        try:
            while client.recv(65536):
                pass
        except ConnectionResetError:
            pass
        client.close()
    assert SERVICE.process.poll() is None, SERVICE.read_log()
    assert SERVICE.call("GET", "/v1/health").json["status"] == "ok"


def test_many_at_once():
    """Each is answered, and each is done once."""
    before = count_tickets()
    failed = []

    def work():
        try:
            for _ in range(5):
                command = ask()
                assert USER.send(command).body == USER.send(command).body
        except Exception as error:  # pylint: disable=broad-except
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
    assert count_tickets() == before + 80


def test_traffic_is_as_described():
    SERVICE.check_traffic()


def test_ends_well():
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
