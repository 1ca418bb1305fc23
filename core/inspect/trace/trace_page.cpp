// The page around the data of a trace: see trace.hpp.

#include "core/charts/html.hpp"
#include "core/inspect/trace/page_files.hpp"
#include "core/inspect/trace/trace.hpp"

namespace strata {
namespace {

// In a script element "</script" or "<!--" would end the data; JSON may write < as \u003c in its
// strings, and it stands nowhere else.
std::string safe_in_script(const std::string& json) {
  std::string safe;
  safe.reserve(json.size());
  for (char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

// All files of one kind, one after the other.
std::string files_ending_in(std::string_view ending) {
  std::string joined;
  for (const PageFile& file : page_files()) {
    if (file.name.ends_with(ending)) joined += std::string(file.text) + "\n";
  }
  return joined;
}

}  // namespace

std::string trace_page(const std::string& title, Tape& tape, const Objective& objective,
                       const TraceOptions& options) {
  const Json data = trace_data(title, tape, objective, options);
  std::string body = files_ending_in(".html");
  body += "<script type=\"application/json\" id=\"trace\">" + safe_in_script(data.dump()) +
          "</script>\n";
  body += "<script>\n'use strict';\n" + files_ending_in(".js") + "</script>";
  return html_page(title + " · strata trace", body, files_ending_in(".css"));
}

}  // namespace strata
