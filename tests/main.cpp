// The tests' main, and while they run, on a terminal, a line that counts them.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>

namespace {

struct Count : doctest::IReporter {
  bool on_terminal = isatty(STDERR_FILENO) == 1;
  int done = 0;
  explicit Count(const doctest::ContextOptions&) {}

  void show(const char* line_end) const {
    if (on_terminal) std::fprintf(stderr, "\r  %d test cases done%s", done, line_end);
  }
  void test_case_end(const doctest::CurrentTestCaseStats&) override {
    ++done;
    show("");
  }
  void test_run_end(const doctest::TestRunStats&) override { show("\n"); }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("count", 1, Count);

}  // namespace
