/*
 * Loads whatever comes as a unit file. The first line of the input, up to a newline, names the unit; a line "--- NAME"
 * begins a further file of that name below the unit directory, so that drop-ins, templates and other units can be
 * there. What has been loaded is expanded as it would be when it is started.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "common/unit_name.h"
#include "supervisor/load/expand.h"
#include "supervisor/load/loader.h"

enum { FILES_MAX = 8, PATH_LENGTH_MAX = 512 };

static char directory[64];
static struct loader *loader;

static void remove_directory(void)
{
	char command[128];

	loader_destroy(loader);
	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	if (system(command) != 0)
		_exit(1);
}

static void set_up(void)
{
	char *directories[] = { directory, NULL };
	struct loader_settings settings = { .directories = directories, .runtime_directory = "/run" };

	strcpy(directory, access("/dev/shm", W_OK) == 0 ? "/dev/shm/svinit-fuzz-XXXXXX" : "/tmp/svinit-fuzz-XXXXXX");
	if (!mkdtemp(directory) || loader_create(&settings, &loader) < 0)
		abort();
	atexit(remove_directory);
}

/* Names of units and of drop-ins, and nothing that leads out of the directory. */
static bool is_harmless(const char *name, size_t length)
{
	const char *slash = memchr(name, '/', length);

	if (length == 0 || length > UNIT_NAME_MAX || *name == '.' || *name == '/' || memchr(name, '\0', length))
		return false;
	if (!slash)
		return true;
	const char *rest = slash + 1, *end = name + length;
	return rest < end && *rest != '.' && !memchr(rest, '/', (size_t)(end - rest));
}

static bool write_one(const char *name, size_t name_length, const char *text, size_t length, char *path)
{
	int n = snprintf(path, PATH_LENGTH_MAX, "%s/%.*s", directory, (int)name_length, name);
	char *slash = strchr(path + strlen(directory) + 1, '/');

	if (n >= PATH_LENGTH_MAX)
		return false;
	if (slash) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bool written = write(fd, text, length) == (ssize_t)length;
	close(fd);
	return written;
}

static void forget(char paths[][PATH_LENGTH_MAX], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unlink(paths[i]);
		char *slash = strrchr(paths[i], '/');
		*slash = '\0';
		if (strcmp(paths[i], directory) != 0)
			rmdir(paths[i]);
	}
}

static void expand_all(const struct unit_definition *definition)
{
	char *environment[] = { "HOME=/root", "EMPTY=", "TWO=one two 'three four", NULL };

	for (unsigned phase = 0; definition->service && phase < EXEC_PHASE_COUNT; phase++)
		for (unsigned i = 0; i < definition->service->phases[phase].count; i++) {
			char **expanded, **missing;
			if (expand_argv(definition->service->phases[phase].commands[i].argv, environment, &expanded,
					&missing) < 0)
				continue;
			string_list_free(expanded);
			string_list_free(missing);
		}
}

static void load_named(const char *name, size_t length)
{
	char unit[UNIT_NAME_MAX + 1];
	struct unit_definition *definition;
	struct cause cause = { 0 };

	snprintf(unit, sizeof unit, "%.*s", (int)length, name);
	if (loader_load(loader, unit, &definition, &cause) < 0)
		return;
	expand_all(definition);
	unit_definition_release(definition);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char paths[FILES_MAX][PATH_LENGTH_MAX];
	const char *text = (const char *)data, *end = text + size;
	const char *name = text, *line_end = memchr(text, '\n', size);
	size_t count = 0, unit_length = line_end ? (size_t)(line_end - text) : size;

	if (!loader)
		set_up();
	for (size_t length = unit_length; line_end && count < FILES_MAX; length = (size_t)(line_end - name)) {
		const char *begin = line_end + 1;
		const char *next = memmem(begin, (size_t)(end - begin), "\n--- ", 5);
		if (is_harmless(name, length) &&
		    write_one(name, length, begin, (size_t)((next ? next : end) - begin), paths[count]))
			count++;
		name = next ? next + 5 : end;
		line_end = next ? memchr(name, '\n', (size_t)(end - name)) : NULL;
	}
	if (is_harmless(text, unit_length))
		load_named(text, unit_length);
	forget(paths, count);
	return 0;
}
