/* Whatever is in a file, loading it ends, in bounded time and memory, with a definition. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/load/loader.h"

static const char sample[] =
	"[Unit]\nDescription=x %n %i %% %q\nAfter=a.service b@.service\nConditionPathExists=|!/x\n"
	"[Service]\nType=oneshot\nExecStart=-@/bin/a a 'b c' \\x41 ; /bin/b \\\n  more\n"
	"Environment=\"A=b c\" D=e\nLimitNOFILE=1:2\nStandardInputText=a\\tb\nRestartSec=1min 2s\n"
	"CapabilityBoundingSet=~CAP_KILL\nRuntimeDirectory=a b/c\nSuccessExitStatus=1 SIGHUP\n"
	"PrivateTmp=yes\nRootImage=/x\n[Install]\nWantedBy=multi-user.target\n[X-Svinit]\nLogMaxBytes=1M\n";

static int reports;

static void report(void *context, const struct diagnostic *diagnostic)
{
	(void)context;
	reports += diagnostic->text[0] != '\0';
}

static void load_bytes(const char *bytes, size_t length)
{
	char path[] = "/tmp/svinit-hostile-XXXXXX.service";
	int fd = mkstemps(path, 8);
	struct loader_settings settings = { .report = report };
	struct unit_definition *definition = NULL;
	struct loader *loader;
	struct cause cause = { 0 };

	/* mkstemps makes characters that unit names may have. */
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
	close(fd);
	cr_assert_eq(loader_create(&settings, &loader), 0);
	cr_expect_eq(loader_load_file(loader, path, &definition, &cause), 0, "%s", cause.text);
	unit_definition_release(definition);
	loader_destroy(loader);
	unlink(path);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

Test(loader_hostile, random_bytes)
{
	uint32_t state = 1;
	char bytes[2048];

	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (char)next_random(&state);
		load_bytes(bytes, next_random(&state) % sizeof bytes);
	}
}

Test(loader_hostile, every_truncation)
{
	for (size_t length = 0; length < sizeof sample; length++)
		load_bytes(sample, length);
}

Test(loader_hostile, flipped_bytes)
{
	static const char letters[] = "\\\"'%;=[]~-@!+:|$\n \t0Az/.,#\r{}";
	uint32_t state = 7;
	char copy[sizeof sample];

	for (int round = 0; round < 1500; round++) {
		memcpy(copy, sample, sizeof copy);
		for (unsigned flips = 1 + next_random(&state) % 6; flips > 0; flips--)
			copy[next_random(&state) % (sizeof copy - 1)] =
				letters[next_random(&state) % (sizeof letters - 1)];
		load_bytes(copy, sizeof copy - 1);
	}
}

Test(loader_hostile, long_lines)
{
	static const char *const heads[] = { "ExecStart=/bin/a ", "Environment=",       "After=", "Description=",
					     "RuntimeDirectory=", "SuccessExitStatus=", "X=" };
	static const char *const fills[] = { "a ", "x", "\\", "%i", "\"", "A=b ", "a.service ", "; " };
	size_t size = 900000;
	char *text = malloc(size + 64);

	for (size_t head = 0; head < sizeof heads / sizeof *heads; head++)
		for (size_t fill = 0; fill < sizeof fills / sizeof *fills; fill++) {
			size_t length = (size_t)sprintf(text, "[Unit]\n[Service]\n%s", heads[head]);
			while (length < size)
				length += (size_t)sprintf(text + length, "%s", fills[fill]);
			load_bytes(text, length);
		}
	free(text);
	cr_expect_gt(reports, 0);
}

Test(loader_hostile, does_not_flood_the_log)
{
	size_t lines = 10000;
	char *text = malloc(16 * lines);
	size_t length = (size_t)sprintf(text, "[Service]\n");

	for (size_t i = 0; i < lines; i++)
		length += (size_t)sprintf(text + length, "Nonsense%zu=1\n", i % 100);
	reports = 0;
	load_bytes(text, length);
	cr_expect_geq(reports, 50);
	cr_expect_leq(reports, 110);
	free(text);
}
