#include "machine/configuration.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const tops[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib" };

int configuration_has(const struct configuration *found, const char *name)
{
	for (unsigned i = 0; i < found->count; i++)
		if (strcmp(basename(found->paths[i]), name) == 0)
			return 1;
	return 0;
}

static void add(struct configuration *found, const char *path)
{
	if (configuration_has(found, basename(path)))
		return;
	char **grown = reallocarray(found->paths, found->count + 1, sizeof *grown);
	if (!grown)
		return;
	found->paths = grown;
	grown[found->count] = strdup(path);
	found->count += grown[found->count] != NULL;
}

static int compare(const void *left, const void *right)
{
	return strcmp(basename(*(char *const *)left), basename(*(char *const *)right));
}

/* A file that hides others stays in the list, as one that is empty. */
void configuration_find(const char *folder, struct configuration *found)
{
	char pattern[PATH_MAX];
	glob_t matches;

	*found = (struct configuration){ 0 };
	for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
		snprintf(pattern, sizeof pattern, "%s/%s/*.conf", tops[i], folder);
		if (glob(pattern, 0, NULL, &matches) != 0)
			continue;
		for (size_t k = 0; k < matches.gl_pathc; k++)
			add(found, matches.gl_pathv[k]);
		globfree(&matches);
	}
	if (found->count > 1)
		qsort(found->paths, found->count, sizeof *found->paths, compare);
}

void configuration_finish(struct configuration *found)
{
	for (unsigned i = 0; i < found->count; i++)
		free(found->paths[i]);
	free(found->paths);
	*found = (struct configuration){ 0 };
}
