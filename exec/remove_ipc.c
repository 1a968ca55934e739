#include "exec/remove_ipc.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_memory(int id)
{
	return shmctl(id, IPC_RMID, NULL);
}

static int remove_semaphores(int id)
{
	return semctl(id, 0, IPC_RMID);
}

static int remove_queue(int id)
{
	return msgctl(id, IPC_RMID, NULL);
}

/* The lists of proc(5) have their columns in different places: `format` finds id and user. */
static void remove_listed(const char *path, const char *format, int (*remove_one)(int id), uid_t uid)
{
	char line[512];
	FILE *file = fopen(path, "re");
	unsigned owner;
	int id;

	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, format, &id, &owner) == 2 && owner == uid)
			(void)remove_one(id);
	if (file)
		fclose(file);
}

static void remove_files(const char *path, uid_t uid)
{
	DIR *directory = opendir(path);
	struct stat status;

	for (struct dirent *item = directory ? readdir(directory) : NULL; item; item = readdir(directory))
		if (fstatat(dirfd(directory), item->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    status.st_uid == uid && S_ISREG(status.st_mode))
			(void)unlinkat(dirfd(directory), item->d_name, 0);
	if (directory)
		closedir(directory);
}

void remove_ipc_of(uid_t uid)
{
	remove_listed("/proc/sysvipc/shm", "%*d %d %*o %*u %*d %*d %*u %u", remove_memory, uid);
	remove_listed("/proc/sysvipc/sem", "%*d %d %*o %*u %u", remove_semaphores, uid);
	remove_listed("/proc/sysvipc/msg", "%*d %d %*o %*u %*u %*d %*d %u", remove_queue, uid);
	remove_files("/dev/shm", uid);
	remove_files("/dev/mqueue", uid);
}
