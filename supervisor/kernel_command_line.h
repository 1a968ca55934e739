/* What the kernel's command line says to a machine's init: kernel-command-line(7), as far as it concerns svinit. */
#ifndef SVINIT_KERNEL_COMMAND_LINE_H
#define SVINIT_KERNEL_COMMAND_LINE_H

#include <stdbool.h>

enum { KERNEL_COMMAND_LINE_MAX = 4096 };

struct kernel_command_line {
	char target[256]; /* systemd.unit= and the words that stand for one (single, emergency, 3, …); empty: none */
	char log_target[8]; /* svinit.log_target=console|file|both; empty: none */
};

/* `initramfs`: only what has "rd." in front counts, as for systemd in one. */
void kernel_command_line_parse(const char *text, bool initramfs, struct kernel_command_line *line);

#endif
