"""A wire with a delay, between two namespaces: wire.py SECONDS, until stdin ends.

Linux has this as tc's netem, where its kernel was built with it. Here every packet goes
through a TUN device to this process, which passes it on when its time has come. Needs
root, and iproute2. Prints the seconds of a round trip, measured, once all stands.
"""

import collections
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading
import time

ENDS = {"lgnear": "10.213.78.1", "lgfar": "10.213.78.2"}  # namespaces, addresses
TUNSETIFF, TUN_WITHOUT_HEADER = 0x400454CA, 0x1001
CLONE_NEWNET, PR_SET_TIMERSLACK = 0x40000000, 29
libc = ctypes.CDLL(None, use_errno=True)


def call(line):
    subprocess.check_call(line.split())


def inside(name, make):
    """Return what make() returns within a namespace; a device or socket stays there."""
    found = []

    def enter():
        with open("/run/netns/" + name) as file:
            if libc.setns(file.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        found.append(make())

    thread = threading.Thread(target=enter)  # only this thread moves
    thread.start()
    thread.join()
    return found[0]


def device():
    """Return the descriptor of a new TUN device, named wire."""
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"wire", TUN_WITHOUT_HEADER))
    return tun


def pass_on(source, sink, seconds):
    """Pass on what comes from a device to another one, so much later, for ever."""
    waiting, arrived = collections.deque(), threading.Semaphore(0)

    def send():
        libc.prctl(PR_SET_TIMERSLACK, 1)  # ns: of this thread's sleeps
        while True:
            arrived.acquire()
            due, packet = waiting.popleft()
            time.sleep(max(0, due - time.monotonic()))
            os.write(sink, packet)

    threading.Thread(target=send, daemon=True).start()
    while True:
        packet = os.read(source, 2**16)
        waiting.append((time.monotonic() + seconds, packet))
        arrived.release()


def round_trip(times=21):
    """Return the median seconds of a small packet's way there and back."""
    near, far = (inside(n, lambda: socket.socket(type=socket.SOCK_DGRAM)) for n in ENDS)
    near.bind((ENDS["lgnear"], 9))
    took = []
    for _ in range(times):
        start = time.perf_counter()
        far.sendto(b"x", (ENDS["lgnear"], 9))
        near.sendto(*near.recvfrom(9))
        far.recv(9)
        took.append(time.perf_counter() - start)
    return sorted(took)[times // 2]


def main(seconds):
    try:
        tuns = []
        for name, address in ENDS.items():
            call("ip netns add %s" % name)
            tuns.append(inside(name, device))
            call("ip -n %s address add %s/24 dev wire" % (name, address))
            call("ip -n %s link set wire mtu 60000 up" % name)
            call("ip -n %s link set lo up" % name)
        for ends in (tuns, tuns[::-1]):
            told = {"args": (*ends, seconds), "daemon": True}
            threading.Thread(target=pass_on, **told).start()
        print(round_trip(), flush=True)
        sys.stdin.read()
    finally:
        for name in ENDS:
            subprocess.call(["ip", "netns", "delete", name])


if __name__ == "__main__":
    main(float(sys.argv[1]))
