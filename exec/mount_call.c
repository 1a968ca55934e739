#include "exec/mount_call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

struct fd_path fd_path(int fd)
{
	struct fd_path path;

	snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd);
	return path;
}

int mount_tree_take(int fd, bool recursive, struct mount_tree *tree)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

	*tree = (struct mount_tree){ .is_copy = true, .recursive = recursive };
	tree->fd = open_tree(fd, "", flags);
	if (tree->fd < 0 && errno == ENOSYS) {
		tree->is_copy = false;
		tree->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	}
	return tree->fd < 0 ? -errno : 0;
}

bool mount_trees_are_copies(void)
{
	return open_tree(-1, "", 0) >= 0 || errno != ENOSYS;
}

int mount_tree_attach(const struct mount_tree *tree, int target_fd)
{
	if (tree->is_copy) {
		int r = move_mount(tree->fd, "", target_fd, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
		return r < 0 ? -errno : 0;
	}
	struct fd_path from = fd_path(tree->fd), to = fd_path(target_fd);
	unsigned long flags = MS_BIND | (tree->recursive ? MS_REC : 0);
	return mount(from.text, to.text, NULL, flags, NULL) < 0 ? -errno : 0;
}

void mount_tree_close(struct mount_tree *tree)
{
	if (tree->fd >= 0)
		close(tree->fd);
	tree->fd = -1;
}

int mount_new(const char *type, int target_fd, unsigned long flags, const char *options)
{
	struct fd_path to = fd_path(target_fd);

	return mount(type, to.text, type, flags, options) < 0 ? -errno : 0;
}

/* Takes the words that are flags out of `words`, in place. */
static unsigned long take_flags(char *words)
{
	static const struct {
		const char *word;
		unsigned long set, clear;
	} known[] = {
		{ "ro", 0, 0 },
		{ "rw", 0, 0 },
		{ "nosuid", MS_NOSUID, 0 },
		{ "suid", 0, MS_NOSUID },
		{ "nodev", MS_NODEV, 0 },
		{ "dev", 0, MS_NODEV },
		{ "noexec", MS_NOEXEC, 0 },
		{ "exec", 0, MS_NOEXEC },
		{ "noatime", MS_NOATIME, 0 },
	};
	unsigned long flags = MS_NOSUID | MS_NODEV;
	char *to = words, *rest = NULL;

	for (char *word = strtok_r(words, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		size_t i = 0, length = strlen(word);
		while (i < sizeof known / sizeof *known && strcmp(known[i].word, word) != 0)
			i++;
		if (i < sizeof known / sizeof *known) {
			flags = (flags | known[i].set) & ~known[i].clear;
			continue;
		}
		if (to != words)
			*to++ = ',';
		memmove(to, word, length + 1);
		to += length;
	}
	*to = '\0';
	return flags;
}

int mount_temporary(int target_fd, const char *options)
{
	char *data = strdup(options ? options : "");

	if (!data)
		return -ENOMEM;
	unsigned long flags = take_flags(data);
	int r = mount_new("tmpfs", target_fd, flags, data);
	free(data);
	return r;
}

int mount_restrict(int fd, bool recursive, uint64_t attributes)
{
	struct mount_attr change = { .attr_set = attributes };
	unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

	if (mount_setattr(fd, "", flags, &change, sizeof change) == 0)
		return 0;
	return errno == ENOSYS ? mount_restrict_by_remount(fd, recursive, attributes, NULL, NULL) : -errno;
}
