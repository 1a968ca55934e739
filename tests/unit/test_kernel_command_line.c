#include <criterion/criterion.h>
#include <string.h>

#include "supervisor/kernel_command_line.h"

static struct kernel_command_line parse(const char *text, bool initramfs)
{
	struct kernel_command_line line;

	kernel_command_line_parse(text, initramfs, &line);
	return line;
}

Test(kernel_command_line, nothing_for_us)
{
	struct kernel_command_line line = parse("BOOT_IMAGE=/vmlinuz root=/dev/vda ro quiet splash", false);

	cr_expect_str_empty(line.target);
	cr_expect_str_empty(line.log_target);
}

Test(kernel_command_line, words_of_old)
{
	cr_expect_str_eq(parse("ro single", false).target, "rescue.target");
	cr_expect_str_eq(parse("s\n", false).target, "rescue.target");
	cr_expect_str_eq(parse("ro -b", false).target, "emergency.target");
	cr_expect_str_eq(parse("3 ro", false).target, "multi-user.target");
	cr_expect_str_eq(parse("5", false).target, "graphical.target");
	cr_expect_str_empty(parse("singleton 33", false).target);
}

Test(kernel_command_line, the_last_word_counts)
{
	cr_expect_str_eq(parse("single systemd.unit=my.target", false).target, "my.target");
	cr_expect_str_eq(parse("systemd.unit=my.target emergency", false).target, "emergency.target");
}

Test(kernel_command_line, the_initramfs_has_its_own)
{
	cr_expect_str_empty(parse("rd.systemd.unit=a.target", false).target);
	cr_expect_str_eq(parse("rd.systemd.unit=a.target systemd.unit=b.target", true).target, "a.target");
	cr_expect_str_eq(parse("single rd.emergency", true).target, "emergency.target");
}

Test(kernel_command_line, log_target)
{
	cr_expect_str_eq(parse("svinit.log_target=both", false).log_target, "both");
}

Test(kernel_command_line, too_long_values_are_cut)
{
	char text[2000] = "systemd.unit=";

	memset(text + strlen(text), 'a', sizeof text - 1 - strlen(text));
	cr_expect_lt(strlen(parse(text, false).target), sizeof((struct kernel_command_line *)0)->target);
}
