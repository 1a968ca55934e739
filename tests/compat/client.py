"""Clients: what a user of each service would say to it. Each runs in the network namespace of the service."""
import os
import socket
import struct
import subprocess
import sys

HERE = os.path.abspath(__file__)


def talk(address, say, wanted, listen=True):
    """Says bytes and returns what comes back until `wanted` is in it."""
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
    else:
        connection = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    connection.settimeout(5)
    connection.connect(address)
    with connection:
        connection.sendall(say)
        answer = b""
        while listen and wanted not in answer:
            data = connection.recv(65536)
            if not data:
                break
            answer += data
    return answer


def ask_datagram(port, say):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.settimeout(5)
        connection.connect(("127.0.0.1", port))
        connection.send(say)
        return connection.recv(65536)


def domain_query(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", 0x4242, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)


def domain(port, name):
    answer = ask_datagram(port, domain_query(name))
    number, flags, _, answers = struct.unpack(">4H", answer[:8])
    return f"{number:x} response={flags >> 15} code={flags & 15} answers={answers}"


def fastcgi(path, script):
    """One request to a FastCGI application for its status page."""
    def record(kind, body):
        return struct.pack(">BBHHBB", 1, kind, 1, len(body), 0, 0) + body

    def pair(name, value):
        return bytes([len(name), len(value)]) + name.encode() + value.encode()
    parameters = {"SCRIPT_FILENAME": script, "SCRIPT_NAME": script, "REQUEST_METHOD": "GET", "QUERY_STRING": ""}
    request = record(1, struct.pack(">HB5x", 1, 0)) + \
        record(4, b"".join(pair(*item) for item in parameters.items())) + record(4, b"") + record(5, b"")
    return talk(path, request, b"\x01\x03").decode(errors="replace")


def snmp(port):
    """The description of the system, community public."""
    request = bytes.fromhex("302602010104067075626c6963a01902042a2a2a2a020100020100300b300906052b060102010500")
    return "answer of %d bytes" % len(ask_datagram(port, request))


def smb(port):
    """Which dialect the server chooses."""
    header = struct.pack("<4sHHIHHIIQIIQ16x", b"\xfeSMB", 64, 0, 0, 0, 31, 0, 0, 0, 0, 0, 0)
    body = struct.pack("<HHHHI16sQHH", 36, 2, 1, 0, 0, b"compatibility-ok", 0, 0x0202, 0x0210)
    message = struct.pack(">I", len(header) + len(body)) + header + body
    answer = talk(("127.0.0.1", port), message, b"SMB")
    return f"dialect {struct.unpack_from('<H', answer, 4 + 64 + 4)[0]:x}"


def zabbix(port):
    item = b"agent.ping"
    return talk(("127.0.0.1", port), b"ZBXD\x01" + struct.pack("<Q", len(item)) + item, b"ZBXD").decode("latin-1")


def main(kind, *arguments):
    if kind == "tcp":
        port, say, wanted = arguments
        print(talk(("127.0.0.1", int(port)), say.encode().decode("unicode_escape").encode("latin-1"),
                   wanted.encode()).decode("latin-1"))
    elif kind == "unix":
        path, say, wanted = arguments
        print(talk(path, say.encode().decode("unicode_escape").encode("latin-1"), wanted.encode()).decode("latin-1"))
    elif kind == "domain":
        print(domain(int(arguments[0]), arguments[1]))
    elif kind == "fastcgi":
        print(fastcgi(*arguments))
    else:
        print({"snmp": snmp, "smb": smb, "zabbix": zabbix}[kind](int(arguments[0])))


def ask(pid, *arguments):
    """What the client above gets, run in the network namespace of a process. "" when nothing answers."""
    result = subprocess.run(["nsenter", "-t", str(pid), "-n", sys.executable, HERE, *map(str, arguments)],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    return result.stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
