# SPDX-License-Identifier: GPL-3.0-or-later
"""From registering to the rating of an answer, over the service's own sockets."""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["TW_SRCDIR"], "tests", "tools"))
# pylint: disable=wrong-import-position
import tap
from service import PASSWORD, Connection, Person, Service, uuid7, wait_for

SERVICE = Service().start()
SERVICE.add_agent("mei", "senior", "Agent Mei")
SERVICE.add_agent("bo", "agent", "Agent Bo")
USER = Person(SERVICE, "示例 用户", 1)
OTHER = Person(SERVICE, "Other Person", 2)
MEI = Person(SERVICE)
BO = Person(SERVICE)
STATE = {}


def test_register():
    result = USER.register()
    assert result["reference"].startswith("TW-") and len(result["reference"]) == 12, result
    OTHER.register()
    again = Person(SERVICE, "Somebody", 3)
    assert again.do("account.register", again.registration(phone=USER.login))["code"] == "phone_taken"
    assert again.do("account.register",
                    again.registration(id_number=USER.id_number))["code"] == "id_taken"
    for password in ("123456", "password1", USER.login, again.id_number,
                     again.registration()["email"]):
        result = again.do("account.register", again.registration(password=password))
        assert result["code"] == "weak_password", (password, result)


def test_wrong_registration():
    person = Person(SERVICE, "Somebody", 4)
    for field, value in (("name", ""), ("name", "   "), ("name", "12 34"), ("name", "x" * 61),
                         ("id_number", "110105199003070019"), ("id_number", ""),
                         ("id_number", "999999199003070010"), ("phone", "12345"), ("phone", "23800000001"),
                         ("email", "nobody"), ("email", "a@b"), ("password", 7), ("password", "x" * 257)):
        result = person.do("account.register", person.registration(**{field: value}))
        assert (result["state"], result["code"]) == ("refused", "invalid"), (field, value, result)
        assert field in result["words"], result
    body = person.registration()
    del body["phone"]
    assert person.do("account.register", body)["code"] == "invalid"
    assert person.do("account.register", person.registration(role="senior"))["code"] == "invalid"


def test_sign_in():
    session = USER.sign_in("+86 138-0000-0001")
    assert session["role"] == "user" and session["name"] == "示例 用户", session
    assert MEI.sign_in("mei")["role"] == "senior"
    assert BO.sign_in(" BO ")["role"] == "agent"
    OTHER.sign_in()
    USER.follow()
    account = USER.find("account")[0]
    assert account["identity"] == "pending" and account["phone"] == "138****0001", account
    assert USER.find("wallet"), USER.seen


def test_a_device_keeps_its_key():
    """Whoever has the password alone does not become the device that has signed so far."""
    other = Person(SERVICE)
    other.device = USER.device
    answer = other.try_sign_in(login=USER.login)
    assert (answer.status, answer.code) == (403, "not_allowed"), answer.body
    assert USER.do("wallet.top_up", {"amount_fen": 100})["state"] == "done"
    assert USER.try_sign_in().status == 201
    # Under another account it is another device.
    other.sign_in("bo")


def test_wrong_password_and_unknown_login_sound_the_same():
    wrong = USER.try_sign_in(password="not-the-password")
    unknown = USER.try_sign_in(login="13900009999", password="not-the-password")
    assert wrong.status == unknown.status == 401
    assert wrong.body == unknown.body, (wrong.body, unknown.body)


def guess_at_once(login, number):
    """Each from a device of its own, all connected before the first one asks. What they were told,
    and how long it took from the first one asking to the last one told.
    """
    people = [Person(SERVICE) for _ in range(number)]
    ready = threading.Barrier(number + 1)
    results = []

    def guess(person):
        connection = Connection(f"{SERVICE.folder}/api.sock")
        connection.connect()
        ready.wait()
        results.append(SERVICE.call("POST", "/v1/sessions", {
            "login": login, "password": "guess", "device": person.device_json()},
            connection=connection).status)
        connection.close()

    threads = [threading.Thread(target=guess, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    begun = time.monotonic()
    ready.wait()
    for thread in threads:
        thread.join()
    return results, time.monotonic() - begun


def test_too_many_tries():
    person = Person(SERVICE, "Guesser", 5)
    codes = [person.try_sign_in(login="13700000001", password=f"guess-{n}").status for n in range(8)]
    assert codes[:5] == [401] * 5 and codes[-1] == 429, codes
    # Another device does not get around it, and the right password neither.
    other = Person(SERVICE, "Guesser", 5)
    answer = other.try_sign_in(login="137 0000 0001", password=PASSWORD)
    assert (answer.status, answer.code) == (429, "too_many"), answer.body
    assert any(word.isdigit() for word in answer.json["error"]["message"].split()), answer.body
    # Nor do many at once.
    results, elapsed_s = guess_at_once("13700000002", 12)
    # On a machine that is slow to hear them all the first waits are over meanwhile: 2 s, then 4 more.
    free = 5 + sum(elapsed_s >= 2 ** (n + 2) - 2 for n in range(7))
    assert 5 <= results.count(401) <= free, (results, elapsed_s)
    assert results.count(401) + results.count(429) == 12, (results, elapsed_s)


def test_decide():
    MEI.follow()
    review = MEI.find("review", account_id=USER.account)[0]
    assert review["state"] == "pending" and "*" in review["id_number"], review
    body = {"account_id": USER.account, "approve": True, "reason": ""}
    assert BO.do("identity.decide", body)["code"] == "not_allowed"
    assert USER.do("identity.decide", body)["code"] == "not_allowed"
    assert MEI.do("identity.decide", body, signed=False)["code"] == "bad_signature"
    assert MEI.do("identity.decide", {**body, "approve": False})["code"] == "invalid"
    assert MEI.do("identity.decide", {**body, "account_id": uuid7()})["code"] == "not_found"
    assert MEI.do("identity.decide", {**body, "account_id": BO.account})["code"] == "not_found"
    MEI.must("identity.decide", body)
    assert MEI.do("identity.decide", body)["code"] == "already_decided"
    MEI.must("identity.decide", {"account_id": OTHER.account, "approve": False,
                                 "reason": "The name does not fit the number."})
    assert USER.follow().find("account")[0]["identity"] == "approved"
    refused = OTHER.follow().find("account")[0]
    assert refused["identity"] == "refused" and refused["identity_reason"].startswith("The name")
    assert MEI.follow().find("review", account_id=USER.account)[0]["decided_by"] == "Agent Mei"
    assert not BO.follow().find("review")


def test_bills_come_after_the_approval():
    wait_for(lambda: USER.follow().find("bill"), "bills")
    STATE["bill"] = USER.find("bill")[0]
    assert not OTHER.follow().find("bill")


def test_ask():
    about = {"about_type": "bill", "about_id": STATE["bill"]["id"]}
    body = {"subject": "Why so much?", "text": "第一行\nSecond line 🙂", **about}
    assert OTHER.do("ticket.ask", body)["code"] == "not_found"
    assert USER.do("ticket.ask", {**body, "about_type": "account"})["code"] == "invalid"
    assert USER.do("ticket.ask", {**body, "about_id": uuid7()})["code"] == "not_found"
    assert USER.do("ticket.ask", {**body, "subject": " "})["code"] == "invalid"
    assert USER.do("ticket.ask", {**body, "subject": "two\nlines"})["code"] == "invalid"
    assert USER.do("ticket.ask", {**body, "text": "x" * 8001})["code"] == "invalid"
    assert MEI.do("ticket.ask", body)["code"] == "not_allowed"
    STATE["ticket"] = USER.must("ticket.ask", body)["ticket_id"]
    ticket = USER.follow().find("ticket")[0]
    assert ticket["state"] == "fresh" and ticket["messages"] == 1, ticket
    assert ticket["about_text"] and ticket["last_text"] == "第一行 Second line 🙂", ticket
    message = USER.find("message")[0]
    assert message["text"] == "第一行\nSecond line 🙂" and message["author"] == "customer"
    assert BO.follow().find("ticket", id=STATE["ticket"])[0]["customer_name"] == "示例 用户"
    assert not BO.find("message") and not OTHER.follow().find("ticket")


def test_others_can_not_reach_the_ticket():
    for kind, body in (("ticket.write", {"text": "mine?"}), ("ticket.rate", {"rating": 1})):
        result = OTHER.do(kind, {"ticket_id": STATE["ticket"], **body})
        assert result["code"] == "not_found", result
    for kind in ("ticket.open", "ticket.take", "ticket.resolve", "ticket.release"):
        assert USER.do(kind, {"ticket_id": STATE["ticket"]})["code"] == "not_allowed"
        assert MEI.do(kind, {"ticket_id": uuid7()})["code"] == "not_found"
        assert MEI.do(kind, {"ticket_id": "no id"})["code"] == "invalid"


def test_open_shows_and_close_hides():
    ticket = {"ticket_id": STATE["ticket"]}
    # It gives access to a customer's things: not with a stolen token alone.
    for kind in ("ticket.open", "ticket.close"):
        assert MEI.do(kind, ticket, signed=False)["code"] == "bad_signature", kind
    assert f"ticket:{ticket['ticket_id']}" not in MEI.follow().scopes()
    MEI.must("ticket.open", ticket)
    MEI.must("ticket.open", ticket)
    MEI.follow()
    scope = f"account:{USER.account}"
    kinds = {key[1] for key in MEI.seen if key[0] == scope}
    assert "customer" in kinds and "bill" in kinds, kinds
    assert not kinds & {"account", "message", "record", "ticket"}, kinds
    assert MEI.find("message", ticket_id=STATE["ticket"])
    second = USER.must("ticket.ask", {"subject": "Another", "text": "One more thing"})["ticket_id"]
    MEI.must("ticket.open", {"ticket_id": second})
    MEI.must("ticket.close", {"ticket_id": second})
    assert scope in MEI.follow().scopes() and f"ticket:{second}" not in MEI.scopes()
    MEI.must("ticket.close", ticket)
    assert MEI.follow().scopes() <= {"public", "queue:desk", "queue:identity", f"account:{MEI.account}"}
    MEI.must("ticket.open", ticket)
    assert MEI.follow().find("message", ticket_id=STATE["ticket"])


def test_take_and_reply():
    ticket = {"ticket_id": STATE["ticket"]}
    assert BO.do("ticket.resolve", ticket)["code"] == "not_yours"
    BO.must("ticket.take", ticket)
    BO.must("ticket.take", ticket)
    taken = MEI.do("ticket.take", ticket)
    assert taken["code"] == "ticket_taken" and "result" not in taken, taken
    assert MEI.do("ticket.reply", {**ticket, "text": "Hello"})["code"] == "not_yours"
    assert MEI.do("ticket.release", ticket)["code"] == "not_yours"
    BO.must("ticket.release", ticket)
    assert USER.follow().find("ticket", id=STATE["ticket"])[0]["state"] == "fresh"
    MEI.must("ticket.reply", {**ticket, "text": "It grows per day."})
    header = USER.follow().find("ticket", id=STATE["ticket"])[0]
    assert header["state"] == "waiting" and header["assignee_name"] == "Agent Mei", header
    assert header["messages"] == 2 and header["last_by"] == "agent", header
    assert [m["author_name"] for m in USER.find("message", author="agent")] == ["Agent Mei"]


def test_note_never_reaches_the_customer():
    BO.must("ticket.reply", {"ticket_id": STATE["ticket"], "text": "secret note", "internal": True})
    assert MEI.follow().find("message", text="secret note")
    before = USER.follow().find("ticket", id=STATE["ticket"])[0]
    assert before["messages"] == 2 and "secret" not in str(USER.seen), USER.seen
    assert "secret" not in str(BO.follow().find("ticket"))


def test_write_resolve_rate():
    ticket = {"ticket_id": STATE["ticket"]}
    USER.must("ticket.write", {**ticket, "text": "I see " + "x" * 200})
    header = MEI.follow().find("ticket", id=STATE["ticket"])[0]
    assert header["state"] == "open" and len(header["last_text"]) == 80, header
    assert USER.do("ticket.rate", {**ticket, "rating": 5})["code"] == "invalid"
    MEI.must("ticket.resolve", ticket)
    assert MEI.do("ticket.resolve", ticket)["code"] == "ticket_resolved"
    assert MEI.do("ticket.reply", {**ticket, "text": "And"})["code"] == "ticket_resolved"
    for rating in (0, 6, -1, "5", None):
        assert USER.do("ticket.rate", {**ticket, "rating": rating})["code"] == "invalid"
    USER.must("ticket.rate", {**ticket, "rating": 4, "text": "Quick"})
    assert USER.do("ticket.rate", {**ticket, "rating": 5})["code"] == "already_rated"
    header = MEI.follow().find("ticket", id=STATE["ticket"])[0]
    assert header["rating"] == 4 and header["rating_text"] == "Quick" and header["state"] == "resolved"
    USER.must("ticket.write", {**ticket, "text": "One more"})
    assert MEI.follow().find("ticket", id=STATE["ticket"])[0]["state"] == "open"


def test_repeats_are_answered_alike():
    command = USER.command("ticket.write", {"ticket_id": STATE["ticket"], "text": "once"})
    answers = {USER.send(command).body for _ in range(3)}
    assert len(answers) == 1, answers
    USER.follow()
    assert len(USER.find("message", text="once")) == 1
    changed = dict(command, body={"ticket_id": STATE["ticket"], "text": "twice"})
    answer = USER.send(changed)
    assert answer.status == 409 and answer.code == "command_changed", answer.body
    both = USER.send(changed, USER.command("ticket.write", {"ticket_id": STATE["ticket"], "text": "third"}))
    assert [r["state"] for r in both.json["results"]] == ["refused", "done"], both.body
    # The id of somebody else's message is not free either.
    stolen = MEI.command("ticket.reply", {"ticket_id": STATE["ticket"], "text": "stolen"},
                         id=command["id"])
    assert MEI.send(stolen).json["results"][0]["code"] == "command_changed"


def test_records_by_page():
    first = USER.call("GET", "/v1/records?limit=2").json
    assert len(first["records"]) == 2 and first["total"] > 2, first
    seen, key = [r["id"] for r in first["records"]], first.get("next")
    while key:
        page = USER.call("GET", f"/v1/records?limit=2&after={key}").json
        seen += [r["id"] for r in page["records"]]
        key = page.get("next")
    assert len(seen) == len(set(seen)) == first["total"], (len(seen), first["total"])
    year = first["records"][0]["year"]
    page = USER.call("GET", f"/v1/records?year={year}&limit=500").json
    assert page["records"] and {r["year"] for r in page["records"]} == {year}
    kind = page["records"][0]["tax_type"]
    page = USER.call("GET", f"/v1/records?type={kind}").json
    assert {r["tax_type"] for r in page["records"]} == {kind}
    assert OTHER.call("GET", "/v1/records").json["records"] == []
    for query in ("limit=0", "limit=501", "limit=x", "year=1", "after=nonsense", "colour=red"):
        assert USER.call("GET", f"/v1/records?{query}").status == 400, query


def read_tables():
    """All that whoever has the database without its keys can read."""
    if "TW_TEST_POSTGRES" not in os.environ:
        found = b""
        for name in os.listdir(SERVICE.folder):
            if name.startswith("service.db"):
                with open(f"{SERVICE.folder}/{name}", "rb") as file:
                    found += file.read()
        return found

    def ask(query):
        return subprocess.run(["psql", "-X", "-A", "-t", SERVICE.database, "-c", query],
                              check=True, capture_output=True).stdout

    tables = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").decode().split()
    assert {"account", "command", "ticket", "message"} <= set(tables), tables
    return b"".join(ask(f'SELECT t::text FROM "{table}" t') for table in tables)


def test_nothing_of_a_person_is_in_plain():
    """Before the first start anew, which seals what it finds in plain."""
    tables = read_tables()
    for text in ("Agent Mei", "Agent Bo", USER.name, OTHER.name, USER.login, USER.id_number,
                 "Second line", "It grows per day", "argon2id"):
        assert text.encode() not in tables, text


def test_blobs():
    content = os.urandom(300_000)
    name = hashlib.blake2b(content, digest_size=32).hexdigest()
    path = f"/v1/blobs/{name}"
    octets = {"Content-Type": "application/octet-stream"}

    def put(person, start, end, body=None):
        return person.call("PUT", path, body if body is not None else content[start:end], {
            **octets, "Content-Range": f"bytes {start}-{end - 1}/{len(content)}"})

    assert USER.call("HEAD", path).status == 404
    assert put(USER, 0, 100_000).json == {"complete": False, "have": 100_000, "size": 300_000}
    assert USER.call("HEAD", path).headers["upload-offset"] == "100000"
    assert USER.call("GET", path).status == 404
    again = put(USER, 0, 100_000)
    assert again.status == 409 and again.headers["upload-offset"] == "100000"
    SERVICE.stop()
    SERVICE.start()
    assert put(USER, 100_000, 300_000).json["complete"]
    assert USER.call("GET", path).body == content
    assert put(USER, 0, 100_000).json["complete"]
    # Knowing the hash opens nothing.
    for person in (OTHER, MEI):
        assert person.call("GET", path).status == person.call("HEAD", path).status == 404
    for root, _, files in os.walk(f"{SERVICE.folder}/blobs"):
        for file in files:
            with open(os.path.join(root, file), "rb") as stored:
                assert content[1000:1100] not in stored.read()
            assert name not in file
    # What is not what it was said to be is thrown away.
    assert put(OTHER, 0, 300_000, content[:-1] + b"?").status == 400
    assert OTHER.call("HEAD", path).status == 404
    for wrong in ("bytes 0-9/5", "bytes 5-1/9", "bytes x-y/z", "bytes */9", "0-9/10", "bytes 0-9/99999999"):
        answer = OTHER.call("PUT", path, b"0123456789", {**octets, "Content-Range": wrong})
        assert answer.status in (400, 413), (wrong, answer.status)
    assert USER.call("GET", "/v1/blobs/../../keys").status in (400, 404)
    assert USER.call("PUT", path[:-1] + "X", b"x", octets).status == 400


def test_blobs_have_an_end():
    """Who begins and never finishes is told to; nobody else is."""
    octets = {"Content-Type": "application/octet-stream", "Content-Range": "bytes 0-9/1000"}

    def begin(person, number):
        name = hashlib.blake2b(bytes([number]), digest_size=32).hexdigest()
        return person.call("PUT", f"/v1/blobs/{name}", b"0123456789", octets)

    assert [begin(OTHER, n).status for n in range(4)] == [200] * 4
    answer = begin(OTHER, 4)
    assert (answer.status, answer.code) == (429, "too_many"), answer.body
    assert begin(USER, 4).status == 200


def test_damaged_blob_is_told():
    content = b"a small attachment"
    path = "/v1/blobs/" + hashlib.blake2b(content, digest_size=32).hexdigest()
    before = {os.path.join(r, f) for r, _, fs in os.walk(f"{SERVICE.folder}/blobs") for f in fs}
    assert USER.call("PUT", path, content, {"Content-Type": "application/octet-stream"}).json["complete"]
    after = {os.path.join(r, f) for r, _, fs in os.walk(f"{SERVICE.folder}/blobs") for f in fs}
    (stored,) = after - before
    with open(stored, "r+b") as file:
        file.seek(-3, 2)
        byte = file.read(1)
        file.seek(-3, 2)
        file.write(bytes([byte[0] ^ 1]))
    answer = USER.call("GET", path)
    assert answer.status == 500 and content not in answer.body, answer.body


def test_sign_out():
    token = BO.token
    BO.sign_in("bo")
    assert BO.call("DELETE", "/v1/sessions/current").status == 204
    assert BO.call("GET", "/v1/records").status == 401
    assert BO.call("GET", "/v1/feed", feed=True).status == 401
    assert BO.send(BO.command("ticket.take", {"ticket_id": STATE["ticket"]})).status == 401
    BO.token = token
    assert BO.call("GET", "/v1/records").status == 200
    BO.token = token[:-1] + ("A" if token[-1] != "A" else "E")
    assert BO.call("GET", "/v1/records").status == 401
    BO.token = token


def test_signing_out_closes_what_was_open():
    leaver = Person(SERVICE)
    SERVICE.add_agent("lea", "agent", "Agent Lea")
    leaver.sign_in("lea")
    leaver.must("ticket.open", {"ticket_id": STATE["ticket"]})
    mine = {f"ticket:{STATE['ticket']}", f"account:{USER.account}"}
    assert mine <= leaver.follow().scopes(), leaver.scopes()
    # Signed in elsewhere too, they still look.
    first = leaver.token
    leaver.sign_in("lea")
    assert leaver.call("DELETE", "/v1/sessions/current").status == 204
    leaver.token = first
    assert mine <= leaver.follow().scopes(), leaver.scopes()
    assert leaver.call("DELETE", "/v1/sessions/current").status == 204
    leaver.sign_in("lea")
    assert not mine & leaver.follow().scopes(), leaver.scopes()
    leaver.cursor, leaver.seen = "", {}
    assert not mine & leaver.follow().scopes(), leaver.scopes()


def test_sessions_and_all_else_outlive_the_service():
    before = dict(USER.follow().seen)
    SERVICE.stop()
    SERVICE.start()
    assert USER.call("GET", "/v1/records").status == 200
    USER.cursor, USER.seen = "", {}
    assert USER.follow().seen == before


def test_no_new_key_for_old_data():
    """A folder of keys that is not there just now, as when it is not mounted, is not begun anew."""
    keys, away = f"{SERVICE.folder}/keys", f"{SERVICE.folder}/keys-away"
    SERVICE.stop()
    os.rename(keys, away)
    assert SERVICE.refuses_to_start() == 2
    assert not os.path.exists(f"{keys}/master.key")
    os.makedirs(keys, 0o700, exist_ok=True)
    with open(f"{keys}/master.key", "xb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(os.urandom(32))
    assert SERVICE.refuses_to_start() in (1, 2), "another key"
    shutil.rmtree(keys)
    os.rename(away, keys)
    SERVICE.start()
    assert USER.call("GET", "/v1/records").status == 200


def test_metrics():
    text = SERVICE.call("GET", "/metrics").body.decode()
    lines = {line.rsplit(" ", 1)[0]: line.rsplit(" ", 1)[1] for line in text.splitlines()
             if not line.startswith("#")}
    assert int(lines['tax_wallet_http_requests_total{status="2xx"}']) > 0, text
    assert "tax_wallet_polls_parked" in lines and "tax_wallet_commits_total" in lines, text


def test_traffic_is_as_described():
    SERVICE.check_traffic("--all")


def test_ends_well():
    SERVICE.close()


if __name__ == "__main__":
    sys.exit(tap.run_tests([f for n, f in list(globals().items()) if n.startswith("test_")]))
