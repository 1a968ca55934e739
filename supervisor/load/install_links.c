/* All the links that enabling units leaves, read in one go. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/load/unit_file_state.h"

static int reserve(struct install_links *links)
{
	if (links->count >= INSTALL_LINKS_MAX)
		return -E2BIG;
	if (links->count < links->capacity)
		return 0;
	size_t capacity = links->capacity ? 2 * links->capacity : 64;
	struct install_link *grown = reallocarray(links->links, capacity, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	links->links = grown;
	links->capacity = capacity;
	return 0;
}

/* One directory while its links are read. */
struct listing {
	struct install_links *links;
	const char *path; /* without the root */
	size_t directory;
	bool with_destination;
};

static int add(const struct listing *listing, const char *name, const char *text)
{
	struct install_links *links = listing->links;
	char destination[PATH_MAX];
	bool with = listing->with_destination;
	int r = reserve(links);

	if (r < 0)
		return r;
	if (with && !link_destination(listing->path, text, destination))
		return 0;
	struct install_link link = { .name = strdup(name),
				     .destination = with ? strdup(destination) : NULL,
				     .directory = listing->directory };
	if (!link.name || (with && !link.destination)) {
		free(link.name);
		free(link.destination);
		return -ENOMEM;
	}
	links->links[links->count++] = link;
	return 0;
}

static int add_entry(const struct listing *listing, int directory, const char *name)
{
	char text[PATH_MAX];
	ssize_t length = unit_name_is_valid(name) ? readlinkat(directory, name, text, sizeof text - 1) : -1;

	if (length < 0)
		return 0;
	text[length] = '\0';
	return add(listing, name, text);
}

static int read_dependency_directory(const struct unit_directories *directories, const struct listing *above,
				     const char *name)
{
	char path[PATH_MAX], on_disk[PATH_MAX];
	struct listing listing = { .links = above->links, .path = path, .directory = above->directory };
	struct dirent *item;
	int r = 0;

	if (snprintf(path, sizeof path, "%s/%s", above->path, name) >= (int)sizeof path ||
	    !unit_directories_on_disk(directories, path, on_disk))
		return 0;
	DIR *directory = opendir(on_disk);
	while (directory && r == 0 && (item = readdir(directory)))
		r = add_entry(&listing, dirfd(directory), item->d_name);
	if (directory)
		closedir(directory);
	return r;
}

static bool is_dependency_directory(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (strcmp(dot, ".wants") == 0 || strcmp(dot, ".requires") == 0 || strcmp(dot, ".upholds") == 0);
}

static int read_directory(struct install_links *links, const struct unit_directories *directories, size_t number)
{
	struct listing listing = {
		.links = links, .path = directories->paths[number], .directory = number, .with_destination = true
	};
	char on_disk[PATH_MAX];
	struct dirent *item;
	int r = 0;

	DIR *directory = unit_directories_on_disk(directories, listing.path, on_disk) ? opendir(on_disk) : NULL;
	while (directory && r == 0 && (item = readdir(directory)))
		r = is_dependency_directory(item->d_name)
			    ? read_dependency_directory(directories, &listing, item->d_name)
			    : add_entry(&listing, dirfd(directory), item->d_name);
	if (directory)
		closedir(directory);
	return r;
}

int install_links_read(struct install_links *links, const struct unit_directories *directories)
{
	int r = 0;

	*links = (struct install_links){ 0 };
	for (size_t i = 0; r == 0 && directories->paths[i]; i++)
		r = read_directory(links, directories, i);
	if (r < 0)
		install_links_finish(links);
	return r;
}

void install_links_finish(struct install_links *links)
{
	for (size_t i = 0; i < links->count; i++) {
		free(links->links[i].name);
		free(links->links[i].destination);
	}
	free(links->links);
	*links = (struct install_links){ 0 };
}
