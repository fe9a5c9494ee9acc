"""Asks a broker which brokers it knows: whether it answers, and is ready."""

import socket
import struct

METADATA = 3
VERSION = 1
ANSWER_BYTES_MAX = 1 << 20


def _read(connection, length):
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            raise OSError("the broker closed the connection")
        data += piece
    return data


def brokers_known_at(port, host="127.0.0.1", timeout_seconds=2.0):
    """Returns the ids of the brokers that the one at `port` knows, sorted.

    None where nobody answers. A broker knows itself once it serves clients.
    """
    # Header: key, version, correlation id, no client id. Body: no topics.
    request = struct.pack(">hhihi", METADATA, VERSION, 1, -1, 0)
    try:
        with socket.create_connection((host, port), timeout_seconds) as link:
            link.settimeout(timeout_seconds)
            link.sendall(struct.pack(">i", len(request)) + request)
            (length,) = struct.unpack(">i", _read(link, 4))
            if not 8 <= length <= ANSWER_BYTES_MAX:
                return None
            answer = _read(link, length)
            return sorted(_ids(answer))
    except (OSError, struct.error):
        return None


def _ids(answer):
    (count,) = struct.unpack_from(">i", answer, 4)
    at = 8
    for _ in range(count):
        node, host_length = struct.unpack_from(">ih", answer, at)
        at += 6 + host_length + 4
        (rack_length,) = struct.unpack_from(">h", answer, at)
        at += 2 + max(0, rack_length)
        yield node
