/*
 * usage: load_units DIRECTORY ROUNDS
 * Loads every unit that has a file in the directory, an instance of each template, as svinit does at boot: with
 * aliases, drop-ins, links and default dependencies. Prints µs of CPU time a round, one a line.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/string_list.h"
#include "common/unit_name.h"
#include "supervisor/load/loader.h"

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static char **unit_names(const char *path)
{
	DIR *directory = opendir(path);
	char **names = NULL, instance[UNIT_NAME_MAX + 1];
	struct dirent *item;

	while (directory && (item = readdir(directory))) {
		const char *name = item->d_name;
		if (item->d_type != DT_REG || !unit_name_is_valid(name))
			continue;
		if (unit_name_is_template(name))
			name = unit_name_make_instance(name, "x", instance) ? instance : NULL;
		if (name && string_list_append(&names, name) < 0)
			exit(1);
	}
	if (directory)
		closedir(directory);
	return names;
}

static size_t load_all(struct loader *loader, char **names, struct unit_definition **definitions)
{
	size_t loaded = 0;
	struct cause cause;

	if (loader_begin_batch(loader) < 0)
		exit(1);
	for (char **name = names; name && *name; name++)
		if (loader_load(loader, *name, &definitions[loaded], &cause) == 0)
			loaded++;
	loader_end_batch(loader);
	return loaded;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	char *directories[] = { argv[1], NULL };
	struct loader_settings settings = { .directories = directories, .runtime_directory = "/run" };
	char **names = unit_names(argv[1]);
	struct unit_definition **definitions = calloc(string_list_length(names) + 1, sizeof(void *));
	struct loader *loader;

	if (!definitions || loader_create(&settings, &loader) < 0)
		return 1;
	for (int round = atoi(argv[2]); round > 0; round--) {
		uint64_t begin = now();
		size_t loaded = load_all(loader, names, definitions);
		printf("%llu\n", (unsigned long long)(now() - begin));
		for (size_t i = 0; i < loaded; i++)
			unit_definition_release(definitions[i]);
		if (round == 1)
			fprintf(stderr, "%zu units\n", loaded);
	}
	loader_destroy(loader);
	string_list_free(names);
	free(definitions);
	return 0;
}
