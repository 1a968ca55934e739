/* pcre2, loaded when the first unit has a pattern: svlog is to be small where none has. */
#ifndef SVINIT_LOGGER_PATTERN_LIBRARY_H
#define SVINIT_LOGGER_PATTERN_LIBRARY_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* The functions that are used, as in pcre2api(3). */
struct pattern_library {
	__typeof__(&pcre2_compile) compile;
	__typeof__(&pcre2_code_free) code_free;
	__typeof__(&pcre2_match_data_create_from_pattern) match_data_create;
	__typeof__(&pcre2_match_data_free) match_data_free;
	__typeof__(&pcre2_match_context_create) match_context_create;
	__typeof__(&pcre2_match_context_free) match_context_free;
	__typeof__(&pcre2_set_match_limit) set_match_limit;
	__typeof__(&pcre2_match) match;
};

/* NULL where it is not installed. */
const struct pattern_library *pattern_library(void);

#endif
