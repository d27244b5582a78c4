"""What was measured is shown as it is, and nothing else is."""

import os
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

import bars
import chart
import page
import progress
import report
from shapes import SHAPES
from tables import Gaps, figure, size, table
from turns import OWN


def cell(*costs, user=0.25):
    return {"user": user, "remarks": [], "rounds": [
        {"us": cost, "rate": 1000, "generator": 0.5, "server": 0.5}
        for cost in costs]}


COSTS = {
    "lock-step": {"blackhole": cell(20, 22, 24), "floor": cell(20, 20, 20),
                  "nio": cell(40, 40, 44), "smtp-sink": {"gap": "it has died"}},
    "bdat": {"blackhole": cell(10), OWN: cell(25), "smtp-sink": {"gap": "it has no BDAT"}},
}
MACHINE = {"machine": {"processor": "one", "apart": True}, "versions": {"Swift": "6"},
           "missing": {"aiosmtpd": "pip install aiosmtpd"}}


class Bars(unittest.TestCase):
    def test_a_ratio_is_the_median_of_the_pairs_not_of_the_servers(self):
        ours, theirs = cell(1, 10, 100), cell(100, 10, 2)
        self.assertEqual(bars.median(bars.ratios(ours, theirs)), 1)

    def test_there_is_no_ratio_to_what_was_not_measured(self):
        self.assertIsNone(bars.ratios(cell(1), {"gap": "missing"}))
        self.assertIsNone(bars.ratios(cell(1), None))
        self.assertIsNone(bars.ratios(cell(), cell()))

    def test_a_bar_is_met_by_what_is_printed(self):
        self.assertEqual(bars.judge(1.0504, 1.05), "met")
        self.assertEqual(bars.judge(1.0506, 1.05), "missed")
        self.assertEqual(bars.judge(0.0522, 0.05), "missed")

    def test_quartiles_of_one_are_itself(self):
        self.assertEqual(bars.quartiles([3]), (3, 3))
        self.assertEqual(bars.quartiles([1, 2, 3, 4, 5]), (2, 4))

    def test_every_bar_has_a_load_that_measures_it(self):
        shapes = {shape.key: shape for shape in SHAPES}
        for bar in bars.BARS:
            shape = shapes[bar.shape]
            self.assertTrue(shape.is_quick)
            self.assertTrue(shape.own if bar.against == OWN else bar.against in shape.peers)


class Loads(unittest.TestCase):
    def test_every_connection_has_its_full_share(self):
        for shape in SHAPES:
            for peer in shape.peers:
                messages = shape.messages_for(peer, 0.01)
                self.assertGreater(messages, 0)
                if shape.per_connection > 1:
                    self.assertEqual(messages % (shape.connections * shape.per_connection), 0)

    def test_names_are_not_given_twice(self):
        self.assertEqual(len({shape.key for shape in SHAPES}), len(SHAPES))


class Tables(unittest.TestCase):
    def test_columns_are_as_wide_as_their_widest_cell(self):
        self.assertEqual(table(["a", "b"], [["long word", 1]]),
                         "| a         |   b |\n|-----------|----:|\n| long word |   1 |")

    def test_a_reason_is_numbered_once(self):
        gaps = Gaps()
        self.assertEqual([gaps.cell("a"), gaps.cell("b"), gaps.cell("a")],
                         ["– [1]", "– [2]", "– [1]"])
        self.assertEqual(gaps.lines(), ["[1] a  ", "[2] b  "])

    def test_figures_have_three_digits(self):
        self.assertEqual([figure(x) for x in (0.5, 9.99, 9.996, 99.94, 99.96, 2686.4)],
                         ["0.50", "9.99", "10.0", "99.9", "100", "2,686"])
        self.assertEqual([size(x) for x in (967, 14_512, 2_600_000)],
                         ["967 B", "15 KB", "2.6 MB"])


class Report(unittest.TestCase):
    def test_the_summary_has_figures_bars_and_reasons(self):
        text = report.summary({"costs": COSTS})
        for words in ("22.0 (5.50 + 16.5)", "1.100 of 1.05: missed", "0.545 of 0.65: met",
                      "– [1]", "[1] it has died", "0.400 of 0.50: met",
                      "– of 0.50: not measured"):
            self.assertIn(words, text)

    def test_a_load_that_was_cut_short_is_not_judged(self):
        ours = {**cell(10), "remarks": ["beside 824 idle connections only"]}
        text = report.summary({"costs": {"idle": {"blackhole": ours, OWN: cell(10)}}})
        self.assertIn("1.000: not the load of its bar", text)
        self.assertIn("beside 10,000 idle: beside 824 idle connections only", text)

    def test_bars_on_counts_are_judged_and_gaps_said(self):
        lines = report.absolute_bars({
            "allocations": {"shapes": {"lock-step": {"blackhole": 0.0},
                                       "bdat": {"blackhole": {"gap": "no cc"}}}},
            "memory": {"kinds": {"plain": {"blackhole": {"bytes": 967.2}}}}})
        self.assertEqual([line.rpartition(": ")[2] for line in lines],
                         ["met", "not measured, no cc", "missed"])

    def test_the_console_is_judged_beyond_an_empty_request_and_an_idle_server(self):
        lines = report.absolute_bars({"console": {
            "empty": 16.0, "metrics": 25.9, "alone": 0.004, "waits": 0.0145}})
        self.assertIn("9.9 of 10: met", lines[0])
        self.assertIn("1.05% of 1%: missed", lines[1])

    def test_a_rate_that_the_load_held_back_is_marked(self):
        held = cell(20)
        held["rounds"][0]["generator"] = 0.97
        both = cell(20)
        both["rounds"][0].update(generator=0.97, server=0.99)
        text = report.throughput_table(
            {"one": {"blackhole": held, "floor": cell(20), "nio": both}}, Gaps())
        self.assertEqual(text.count("1,000†"), 1)
        self.assertEqual(text.count("1,000 |"), 2)

    def test_a_session_has_all_of_its_messages(self):
        self.assertIn("1,000 |", report.session_table({"lock-step": {"nio": cell(20)}}, Gaps()))

    def test_a_long_run_sets_its_end_beside_its_beginning(self):
        steps = [{"messages": 10, "us": us, "bytes": 5_000} for us in (10, 10, 10, 11)]
        self.assertIn("1.10 of it", report.endurance_words({"steps": steps}))
        self.assertIn("died", report.endurance_words({"steps": steps, "gap": "died"}))

    def test_the_page_is_made_of_what_there_is(self):
        text = page.page({**MACHINE, "costs": COSTS, "identities": {
            "one": {"measured": "a", "program": "x"}, "two": {"measured": "b", "program": "y"}}})
        self.assertIn("Not all of it by one build", text)
        self.assertIn("aiosmtpd: pip install aiosmtpd", text)
        self.assertNotIn("None", text)

    def test_an_empty_page_has_no_figures(self):
        text = page.page(MACHINE)
        self.assertNotIn("of 0.50: met", text)


class Chart(unittest.TestCase):
    def test_it_is_xml_with_a_bar_for_each_server_that_was_measured(self):
        root = xml.etree.ElementTree.fromstring(chart.draw({"costs": COSTS}))
        bars_drawn = root.findall(".//{http://www.w3.org/2000/svg}rect")
        self.assertEqual(len(bars_drawn), 3)  # Of BDAT, ours alone would be no comparison.

    def test_a_bar_that_is_far_longer_than_the_others_is_torn(self):
        costs = {"one": {"blackhole": cell(20), "floor": cell(20), "smtp-sink": cell(2000)}}
        text = chart.draw({"costs": costs})
        self.assertEqual(text.count('class="tear"'), 1)
        self.assertIn("× 100)", text)

    def test_bars_of_one_kind_are_not_torn(self):
        self.assertEqual(chart.scale_of([20, 21, 40]), 40)


class Words(unittest.TestCase):
    def test_time_left_is_rounded(self):
        self.assertEqual([progress.left_in_words(x) for x in (5.2, 89, 150)],
                         ["5 s", "89 s", "2 min"])


if __name__ == "__main__":
    unittest.main()
