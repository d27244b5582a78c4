"""What other programs write is read as it is meant."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

import counts
import load
import meters
from processes import Failure

STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 45.10    0.012345           6      2004           sendto
 30.00    0.008211           4      2010         6 recvfrom
  0.00    0.000000           0         1           exit_group
------ ----------- ----------- --------- --------- ----------------
100.00    0.020556           5      4015         6 total
"""
CALLGRIND = """version: 1
creator: callgrind-3.19.0
positions: line
events: Ir

fn=(1) main
0 12

totals: 17578
"""
JSON = """{"messages": 10, "sessions": 2, "failures": {"connect": 0, "reset": %d},
"seconds": 2.0, "cpu_seconds": {"user": 0.5, "system": 1.4}}"""


class Kernel(unittest.TestCase):
    def test_schedstat_begins_with_the_time_on_a_processor(self):
        self.assertEqual(meters.parse_schedstat("652555166 698823628 31978\n"), 652555166)

    def test_stat_is_read_behind_a_name_with_blanks_and_parentheses(self):
        fields = " ".join(str(number) for number in range(4, 53))
        self.assertEqual(meters.parse_stat(f"42 (a) b (c) S {fields}\n"), (14, 15))

    def test_a_process_has_spent_time_and_has_memory(self):
        pid = os.getpid()
        before = meters.spent_nanoseconds(pid)
        sum(range(200_000))
        time.sleep(0.001)  # The kernel counts it at the latest when somebody else has a turn.
        self.assertGreater(meters.spent_nanoseconds(pid), before)
        self.assertGreater(meters.resident_bytes(pid), 1024 * 1024)

    def test_a_process_is_of_its_own_family(self):
        self.assertIn(os.getpid(), meters.family(os.getppid()))

    def test_only_swifts_libraries_are_told_apart(self):
        text = ("\tlibswiftCore.so => /opt/swift/usr/lib/swift/linux/libswiftCore.so (0x00007f)\n"
                "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007e)\n"
                "\t/lib64/ld-linux-x86-64.so.2 (0x00007d)\n")
        self.assertEqual(meters.parse_ldd(text),
                         ["/opt/swift/usr/lib/swift/linux/libswiftCore.so"])


class Tools(unittest.TestCase):
    def test_calls_are_counted_with_and_without_errors(self):
        self.assertEqual(counts.parse_strace(STRACE), {
            "sendto": 2004, "recvfrom": 2010, "exit_group": 1, "total": 4015})

    def test_allocations_are_summed_over_threads_whatever_their_names(self):
        self.assertEqual(counts.parse_allocations("main 10\nloop 0 12\n"), 22)

    def test_instructions_are_those_of_the_whole_run(self):
        self.assertEqual(counts.parse_callgrind(CALLGRIND), 17578)
        self.assertEqual(counts.parse_callgrind("summary: 12\n"), 12)


class Load(unittest.TestCase):
    def test_counts_are_returned_if_all_went_well(self):
        found = load.parse(JSON % 0, "", 0)
        self.assertEqual(found["messages"], 10)
        self.assertAlmostEqual(load.generator_share(found), 0.95)

    def test_a_failed_message_is_a_failure_of_all(self):
        with self.assertRaisesRegex(Failure, "^3 failed of 13 messages: reset by peer$"):
            load.parse(JSON % 3, "reset by peer\nmore\n", 1)

    def test_no_json_is_a_failure_in_the_words_of_the_load(self):
        with self.assertRaisesRegex(Failure, "^smtp-load ended with 69: cannot connect$"):
            load.parse("", "cannot connect\n", 69)

    def test_a_bad_end_is_a_failure_whatever_was_counted(self):
        with self.assertRaises(Failure):
            load.parse(JSON % 0, "", 1)

    def test_idle_connections_are_as_many_as_files_may_be_open(self):
        self.assertEqual(load.idle_possible(10_000, 20_000), 10_000)
        self.assertEqual(load.idle_possible(10_000, 1_024), 1_024 - load.SPARE_FILES)
        self.assertEqual(load.idle_possible(10_000, 64), 0)


if __name__ == "__main__":
    unittest.main()
