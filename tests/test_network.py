"""The network guard of conftest.py."""

import socket
import threading
import unittest
import urllib.request

import pytest


class NetworkGuard(unittest.TestCase):
    def test_a_test_that_calls_another_machine_fails(self):
        with pytest.raises(pytest.fail.Exception, match="192.0.2.1"), socket.socket() as door:
            door.connect(("192.0.2.1", 80))

    def test_a_test_that_looks_up_a_name_fails(self):
        with pytest.raises(pytest.fail.Exception, match="clinic.example"):
            urllib.request.urlopen("http://clinic.example/")

    def test_catching_every_exception_does_not_hide_it(self):
        def swallow():
            try:
                socket.create_connection(("192.0.2.1", 80), timeout=1)
            except Exception:
                return

        self.assertRaises(pytest.fail.Exception, swallow)

    def test_this_machine_may_be_called(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=lambda: server.accept()[0].close())
            thread.start()
            socket.create_connection(server.getsockname(), timeout=5).close()
            thread.join()
