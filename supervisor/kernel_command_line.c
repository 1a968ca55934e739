#include "supervisor/kernel_command_line.h"

#include <stdio.h>
#include <string.h>

/* The words of old, which mean the same to every init. */
static const struct {
	const char *word, *target;
} words[] = {
	{ "single", "rescue.target" }, { "s", "rescue.target" },      { "S", "rescue.target" },
	{ "1", "rescue.target" },      { "rescue", "rescue.target" }, { "emergency", "emergency.target" },
	{ "-b", "emergency.target" },  { "2", "multi-user.target" },  { "3", "multi-user.target" },
	{ "4", "multi-user.target" },  { "5", "graphical.target" },
};

static const char *value_of(const char *word, const char *key)
{
	size_t length = strlen(key);

	return strncmp(word, key, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static void take_word(const char *word, struct kernel_command_line *line)
{
	const char *value;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, word) == 0)
			snprintf(line->target, sizeof line->target, "%s", words[i].target);
	if ((value = value_of(word, "systemd.unit")))
		snprintf(line->target, sizeof line->target, "%s", value);
	else if ((value = value_of(word, "svinit.log_target")))
		snprintf(line->log_target, sizeof line->log_target, "%s", value);
}

void kernel_command_line_parse(const char *text, bool initramfs, struct kernel_command_line *line)
{
	char copy[KERNEL_COMMAND_LINE_MAX], *rest = NULL;

	*line = (struct kernel_command_line){ 0 };
	snprintf(copy, sizeof copy, "%s", text);
	for (char *word = strtok_r(copy, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest)) {
		bool early = strncmp(word, "rd.", 3) == 0;
		if (early == initramfs)
			take_word(early ? word + 3 : word, line);
	}
}
