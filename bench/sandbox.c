/*
 * What a sandbox costs beyond its system calls: svexec against a bare program that makes the same ones, hard-coded.
 * usage: sandbox SVEXEC PROGRAM [ROUNDS]      both in turns, PROGRAM being what is executed at the end; needs root
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/exec_recipe.h"
#include "exec/filter_program.h"

enum { ROUNDS = 200, ROUNDS_MAX = 10000, RANGES = 140 };

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	_exit(125);
}

/* A filter as long as that of @system-service; it allows everything. */
static void set_filter(void)
{
	static struct call_answer answers[RANGES];
	static struct filter_program program;

	for (uint32_t i = 0; i < RANGES; i++)
		answers[i] = (struct call_answer){ 1000 + 2 * i, SECCOMP_RET_ERRNO | EPERM };
	filter_program_add(&program, AUDIT_ARCH_X86_64, answers, RANGES, SECCOMP_RET_ALLOW);
	filter_program_add(&program, AUDIT_ARCH_I386, answers, RANGES, SECCOMP_RET_ALLOW);
	must(filter_program_load(&program), "filter");
}

static int take(const char *path)
{
	int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	must(fd, path);
	return fd;
}

static void put(int tree, const char *path)
{
	must(move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH), path);
	close(tree);
}

static void set_read_only(const char *path, unsigned flags)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };

	must(mount_setattr(AT_FDCWD, path, flags, &attributes, sizeof attributes), path);
}

static void make_devices(void)
{
	static const struct {
		const char *path;
		unsigned major, minor;
	} nodes[] = { { "/dev/null", 1, 3 },   { "/dev/zero", 1, 5 },    { "/dev/full", 1, 7 },
		      { "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 } };
	int pts = take("/dev/pts"), shm = take("/dev/shm");

	must(mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755"), "/dev");
	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
		must(mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), nodes[i].path);
	must(mkdir("/dev/pts", 0755), "/dev/pts");
	must(mkdir("/dev/shm", 0755), "/dev/shm");
	put(pts, "/dev/pts");
	put(shm, "/dev/shm");
}

static void raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(ioctl(fd, SIOCSIFFLAGS, &request), "lo");
	close(fd);
}

/* The bare program: what svexec does for the recipe below. */
static void be_bare(const char *program)
{
	static const char *const kept[] = { "/proc", "/sys", "/home", "/root" };
	int trees[4];

	must(unshare(CLONE_NEWNET), "network");
	raise_loopback();
	must(unshare(CLONE_NEWNS), "mounts");
	must(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "/");
	for (int i = 0; i < 4; i++)
		trees[i] = take(kept[i]);
	set_read_only("/", AT_RECURSIVE);
	for (int i = 0; i < 4; i++)
		put(trees[i], kept[i]);
	make_devices();
	must(mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"), "/tmp");
	must(mount("tmpfs", "/var/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"), "/var/tmp");
	set_read_only("/dev", 0);
	must(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL), "/");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "privileges");
	set_filter();
	execl(program, program, (char *)NULL);
	_exit(126);
}

static int make_recipe(char *program)
{
	static char *calls[] = { "+@system-service", NULL };
	static char *none[] = { NULL };
	char *argv[] = { program, NULL }, *data;
	struct exec_recipe recipe = { .path = program,
				      .argv = argv,
				      .environment = none,
				      .unit = "bench.service",
				      .secure_bits = -1,
				      .no_new_privileges = true };
	size_t length;

	recipe.sandbox.protect_system = PROTECT_SYSTEM_STRICT;
	recipe.sandbox.private_tmp = PRIVATE_TMP_DISCONNECTED;
	recipe.sandbox.private_devices = true;
	recipe.sandbox.private_network = true;
	recipe.sandbox.keyring_mode = KEYRING_INHERIT;
	recipe.sandbox.system_calls = FILTER_ALLOW;
	recipe.sandbox.system_call_words = calls;
	must(exec_recipe_pack(&recipe, &data, &length), "recipe");
	int fd = memfd_create("recipe", 0);
	must(write(fd, data, length) == (ssize_t)length ? 0 : -1, "recipe");
	free(data);
	return fd;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Milliseconds from fork until the program has ended. */
static double run(char *const *argv, int recipe)
{
	double begin = now();
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		if (recipe >= 0) {
			dup2(recipe, 3);
			dup2(null, 4);
		}
		execv(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "%s %s: status %#x\n", argv[0], argv[1], status);
		exit(EXIT_FAILURE);
	}
	return now() - begin;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof *values, by_size);
	return values[count / 2];
}

int main(int argc, char **argv)
{
	static double bare[ROUNDS_MAX], sandboxed[ROUNDS_MAX], plain[ROUNDS_MAX];

	if (argc == 3 && strcmp(argv[1], "--bare") == 0)
		be_bare(argv[2]);
	if (argc < 3) {
		fputs("usage: sandbox SVEXEC PROGRAM [ROUNDS]\n", stderr);
		return EXIT_FAILURE;
	}
	int rounds = argc > 3 ? atoi(argv[3]) : ROUNDS;
	rounds = rounds < 1 || rounds > ROUNDS_MAX ? ROUNDS : rounds;
	int recipe = make_recipe(argv[2]);
	for (int i = 0; i < rounds; i++) {
		bare[i] = run((char *[]){ "/proc/self/exe", "--bare", argv[2], NULL }, -1);
		sandboxed[i] = run((char *[]){ argv[1], "3", NULL }, recipe);
		plain[i] = run((char *[]){ argv[2], NULL }, -1);
	}
	double a = median(bare, rounds), b = median(sandboxed, rounds);
	printf("the same system calls, bare  %8.2f ms\nsvexec                       %8.2f ms\n", a, b);
	printf("without a sandbox            %8.2f ms\nratio                        %8.2f\n", median(plain, rounds),
	       b / a);
	return EXIT_SUCCESS;
}
