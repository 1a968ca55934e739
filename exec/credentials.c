#include "exec/credentials.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "exec/root_path.h"

static const char *const stores[] = { "/etc/credstore", "/run/credstore", "/usr/local/lib/credstore",
				      "/usr/lib/credstore" };

static void __attribute__((noreturn)) fail(struct start *start, int error, const char *what)
{
	start_fail(start, SPAWN_STEP_CREDENTIALS, error, "credential %s", what);
}

static bool is_known(const struct start *start, const char *id)
{
	for (size_t i = 0; i < start->credential_count; i++)
		if (strcmp(start->credentials[i].id, id) == 0)
			return true;
	return false;
}

/* The first of a name stays. Takes `data` over. */
static void keep(struct start *start, const char *id, char *data, size_t size)
{
	size_t total = size;

	if (!*id || strchr(id, '/') || strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
		fail(start, EINVAL, id);
	for (size_t i = 0; i < start->credential_count; i++)
		total += start->credentials[i].size;
	if (total > CREDENTIALS_SIZE_MAX)
		fail(start, E2BIG, id);
	if (is_known(start, id)) {
		free(data);
		return;
	}
	struct credential *all = reallocarray(start->credentials, start->credential_count + 1, sizeof *all);
	char *name = strdup(id);
	if (!all || !name)
		fail(start, ENOMEM, id);
	start->credentials = all;
	all[start->credential_count++] = (struct credential){ .id = name, .data = data, .size = size };
}

static int read_all(int fd, char **data, size_t *size)
{
	char *buffer = malloc(CREDENTIALS_SIZE_MAX + 1);
	size_t length = 0;
	ssize_t n = buffer ? 1 : -1;

	while (buffer && length <= CREDENTIALS_SIZE_MAX && n > 0) {
		n = read(fd, buffer + length, CREDENTIALS_SIZE_MAX + 1 - length);
		length += n > 0 ? (size_t)n : 0;
	}
	int r = !buffer ? -ENOMEM : n < 0 ? -errno : length > CREDENTIALS_SIZE_MAX ? -E2BIG : 0;
	if (r < 0) {
		free(buffer);
		return r;
	}
	*data = buffer;
	*size = length;
	return 0;
}

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		int error = errno;
		close(fd);
		return -error;
	}
	return fd < 0 ? -errno : fd;
}

static int load_file(struct start *start, const char *id, const char *path)
{
	struct stat status;
	char *data;
	size_t size;

	if (stat(path, &status) < 0)
		return -errno;
	int fd = S_ISSOCK(status.st_mode) ? open_socket(path) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return S_ISSOCK(status.st_mode) ? fd : -errno;
	int r = read_all(fd, &data, &size);
	close(fd);
	if (r == 0)
		keep(start, id, data, size);
	return r;
}

/* Each file of a directory, as ID_NAME. */
static int load_directory(struct start *start, const char *id, const char *path)
{
	DIR *directory = opendir(path);
	int r = directory ? 0 : -errno;

	for (struct dirent *item = directory ? readdir(directory) : NULL; item && r == 0; item = readdir(directory)) {
		char name[NAME_MAX * 2 + 2], file[PATH_MAX];
		if (item->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s_%s", id, item->d_name);
		r = (size_t)snprintf(file, sizeof file, "%s/%s", path, item->d_name) < sizeof file
			    ? load_file(start, name, file)
			    : -ENAMETOOLONG;
	}
	if (directory)
		closedir(directory);
	return r;
}

static int load_path(struct start *start, const char *id, const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return load_directory(start, id, path);
	return load_file(start, id, path);
}

/* A name without a directory is looked for among what svinit itself was given, then in the stores. */
static int load_from_stores(struct start *start, const char *id, const char *name)
{
	const char *own = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	int r = -ENOENT;

	if (own && (size_t)snprintf(path, sizeof path, "%s/%s", own, name) < sizeof path)
		r = load_path(start, id, path);
	for (size_t i = 0; r == -ENOENT && i < sizeof stores / sizeof *stores; i++)
		if ((size_t)snprintf(path, sizeof path, "%s/%s", stores[i], name) < sizeof path)
			r = load_path(start, id, path);
	return r;
}

static bool has_default(const struct start *start, const char *id, size_t length)
{
	for (char **item = start->recipe.sandbox.set_credentials; item && *item; item++)
		if (strncmp(*item, id, length) == 0 && (*item)[length] == ':')
			return true;
	return false;
}

static void load_one(struct start *start, const char *word)
{
	char id[NAME_MAX + 1];
	size_t length = strcspn(word, ":");
	const char *path = word[length] ? word + length + 1 : word;

	if (length > NAME_MAX)
		fail(start, ENAMETOOLONG, word);
	memcpy(id, word, length);
	id[length] = '\0';
	int r = *path == '/' ? load_path(start, id, path) : load_from_stores(start, id, path);
	if (r == -ENOENT && (*path != '/' || has_default(start, id, length)))
		return;
	if (r < 0)
		fail(start, -r, word);
}

static void set_one(struct start *start, const char *word)
{
	const char *colon = strchr(word, ':');
	char *id = colon ? strndup(word, (size_t)(colon - word)) : NULL, *data = colon ? strdup(colon + 1) : NULL;

	if (!id || !data)
		fail(start, colon ? ENOMEM : EINVAL, word);
	keep(start, id, data, strlen(data));
	free(id);
}

static void import_from(struct start *start, const char *directory, const char *pattern)
{
	char path[PATH_MAX];
	glob_t found;

	if (!directory || (size_t)snprintf(path, sizeof path, "%s/%s", directory, pattern) >= sizeof path ||
	    glob(path, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		(void)load_file(start, strrchr(found.gl_pathv[i], '/') + 1, found.gl_pathv[i]);
	globfree(&found);
}

void credentials_load(struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;

	for (char **word = sandbox->load_credentials; word && *word; word++)
		load_one(start, *word);
	for (char **word = sandbox->import_credentials; word && *word; word++) {
		import_from(start, getenv("CREDENTIALS_DIRECTORY"), *word);
		for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
			import_from(start, stores[i], *word);
	}
	for (char **word = sandbox->set_credentials; word && *word; word++)
		set_one(start, *word);
}

static int write_one(const struct start *start, int directory, const struct credential *credential)
{
	(void)unlinkat(directory, credential->id, 0);
	int fd = openat(directory, credential->id, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, credential->data, credential->size) != (ssize_t)credential->size)
		r = -EIO;
	else if (start->recipe.set_ids && fchown(fd, start->recipe.uid, start->recipe.gid) < 0)
		r = -errno;
	close(fd);
	return r;
}

void credentials_write(struct start *start, int root_fd)
{
	const char *path = start->recipe.credentials_directory;

	if (!path)
		return;
	int place = root_path_open(root_fd, path, NULL, 0);
	int directory = place < 0 ? place : openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		start_fail(start, SPAWN_STEP_CREDENTIALS, place < 0 ? -place : errno, "%s", path);
	for (size_t i = 0; i < start->credential_count; i++) {
		int r = write_one(start, directory, &start->credentials[i]);
		if (r < 0)
			fail(start, -r, start->credentials[i].id);
		explicit_bzero(start->credentials[i].data, start->credentials[i].size);
	}
	if (fchmod(directory, 0500) < 0 ||
	    (start->recipe.set_ids && fchown(directory, start->recipe.uid, start->recipe.gid) < 0))
		start_fail(start, SPAWN_STEP_CREDENTIALS, errno, "%s", path);
	close(directory);
	close(place);
	start->recipe.credentials_directory = NULL;
}
