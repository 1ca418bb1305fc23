#pragma once
// Stepping through a list: a position, and commands that move it or look around. What is walked
// through is a derived class's: the visits of a tape's passes, or the quantities of the delta rule
// by hand. Both have a recorded objective. Nothing is run again: the list was written beforehand,
// and a step back is an index going down.

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "core/inspect/why.hpp"
#include "pretraining/cli/step/blocks.hpp"

namespace strata::cli {

class Stepper {
 public:
  /// `subject` says what the objective was recorded of, `elsewhere` where to look when no step is
  /// wrong. The tape must outlive this.
  Stepper(const Objective& objective, std::string subject, Style style_, const char* elsewhere)
      : style(style_),
        tape_(*objective.total.tape),
        objective_(objective),
        subject_(std::move(subject)),
        elsewhere_(elsewhere) {}
  virtual ~Stepper() = default;

  /// Runs a line, "next" or "param W1", and returns what it prints. An empty line repeats the last
  /// command. Throws UsageError for a word that is no command (with the nearest one) and for a
  /// missing argument, Error for what cannot be done or found.
  std::string run(const std::string& line);
  /// The line with its command spelled out: "n" is "next", "" the command that it repeats.
  std::string spelled_out(const std::string& line) const;

  std::size_t step() const { return step_; }  // counted from 0; people see it from 1
  virtual std::size_t size() const = 0;
  bool has_quit() const { return has_quit_; }
  /// What the present step shows.
  std::string here() { return page(step_); }

  std::string title;  // one line for the beginning: what is stepped through
  Style style;
  /// What `make gdb` is to be given to debug the same: CASE=sparse.
  std::string debugged;

 protected:
  enum class Search { node, op, param };

  virtual std::string page(std::size_t step) = 0;  // of a step: everything
  virtual std::string row(std::size_t step) = 0;   // the same in one line, for `list`
  virtual bool is_wrong(std::size_t step) = 0;     // a check says so
  virtual bool is_non_finite(std::size_t step) const = 0;
  /// Whether the step belongs to the node (of a parameter: its leaf), or to the operation.
  virtual bool belongs(std::size_t step, Search kind, int node, const std::string& op) const = 0;
  // The answers of the commands of these names.
  virtual std::string print(const std::string& name) = 0;
  virtual std::string check(const std::string& how) = 0;
  virtual std::string gdb(const std::string& nothing) = 0;

  Tape& tape_;
  Objective objective_;
  std::string subject_;

 private:
  const char* elsewhere_;
  struct Command {
    const char* name;
    const char* letter;
    const char* argument;  // "": none; in brackets: it may be left out
    const char* help;
    std::string (Stepper::*run)(const std::string& argument);
  };
  static const std::vector<Command>& commands();
  struct Line {
    const Command* command;
    std::string argument;
  };
  Line read(const std::string& line) const;

  std::string next(const std::string&);
  std::string back(const std::string&);
  std::string go_to(const std::string& number);
  std::string node(const std::string& number) { return search(Search::node, number); }
  std::string op(const std::string& name) { return search(Search::op, name); }
  std::string param(const std::string& name) { return search(Search::param, name); }
  std::string nan(const std::string&);
  std::string why(const std::string& entry);
  std::string html(const std::string& file);
  std::string wrong(const std::string&);
  std::string run_on(const std::string&);
  std::string list(const std::string& around);
  std::string help(const std::string&);
  std::string quit(const std::string&);
  std::string search(Search kind, const std::string& name);
  std::string move_to(std::size_t step);
  std::size_t parse_step(const std::string& number) const;

  std::size_t step_ = 0;
  std::string last_;
  bool has_quit_ = false;
};

/// Reads commands from `in` line by line, to its end or to `quit`, and answers on `out`, errors
/// included. For a person at a terminal it prompts; otherwise each command is written after the
/// prompt, spelled out, so that the output reads as a session.
void converse(Stepper& stepper, std::istream& in, std::ostream& out, bool terminal);

}  // namespace strata::cli
