#include "ctl/unit_words.h"

#include <string.h>
#include <time.h>

#include "ctl/property.h"

usec realtime_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (usec)now.tv_sec * USEC_PER_SEC + (usec)now.tv_nsec / 1000;
}

static bool has_state(const json_t *unit, const char *name, const char *state)
{
	return strcmp(property_text_or(unit, name, ""), state) == 0;
}

enum style unit_style(const json_t *unit)
{
	if (has_state(unit, "ActiveState", "failed") || has_state(unit, "LoadState", "bad-setting") ||
	    has_state(unit, "LoadState", "error"))
		return STYLE_BAD;
	if (has_state(unit, "ActiveState", "active"))
		return STYLE_GOOD;
	if (has_state(unit, "ActiveState", "inactive"))
		return STYLE_PLAIN;
	return STYLE_WARNING;
}

const char *unit_symbol(const struct terminal *terminal, const json_t *unit)
{
	bool unicode = terminal->unicode;
	if (has_state(unit, "ActiveState", "failed"))
		return unicode ? "×" : "x";
	if (has_state(unit, "ActiveState", "inactive"))
		return unicode ? "○" : "-";
	if (has_state(unit, "ActiveState", "reloading"))
		return unicode ? "↻" : ">";
	return unicode ? "●" : "*";
}

const char *unit_what(const json_t *unit, char buffer[WORDS_MAX])
{
	const char *text = property_text(unit, "StatusText");
	const char *result = property_text_or(unit, "Result", "success");
	if (property_flag(unit, "NeedDaemonReload"))
		return "changed on disk: svctl diff, svctl daemon-reload";
	if (property_flag(unit, "NeedRestart"))
		return "reloaded: restart to apply";
	if (has_state(unit, "ActiveState", "active") && text)
		return text;
	if (property_text(unit, "LoadError"))
		return property_text(unit, "LoadError");
	if (!has_state(unit, "LoadState", "loaded") && property_text(unit, "LoadState")) {
		snprintf(buffer, WORDS_MAX, "unit file: %s", property_text(unit, "LoadState"));
		return buffer;
	}
	if (strcmp(result, "success") != 0) {
		text = property_text(unit, "FailureText");
		snprintf(buffer, WORDS_MAX, "failed: %s", result);
		return text ? text : buffer;
	}
	if (has_state(unit, "ActiveState", "inactive") && property_text(unit, "BlockedBy")) {
		snprintf(buffer, WORDS_MAX, "not started because of %s", property_text(unit, "BlockedBy"));
		return buffer;
	}
	/* Without one of its own a unit's description is its name, which stands in the row already. */
	text = property_text_or(unit, "Description", "");
	return strcmp(text, property_text_or(unit, "Id", "")) == 0 ? "" : text;
}
