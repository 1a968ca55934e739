/* What keeps two boots from beginning with the same random numbers; random(4), systemd-random-seed.service(8). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/step.h"

enum { SEED_BYTES = 512 };

static const char path[] = "/var/lib/systemd/random-seed";

static bool pour(const char *from, int from_flags, const char *to, int to_flags)
{
	unsigned char seed[SEED_BYTES];
	int in = open(from, from_flags | O_CLOEXEC);
	ssize_t length = in < 0 ? -1 : read(in, seed, sizeof seed);
	int out = length <= 0 ? -1 : open(to, to_flags | O_CLOEXEC, 0600);
	bool done =
		out >= 0 && write(out, seed, (size_t)length) == length && (!(to_flags & O_CREAT) || fsync(out) == 0);
	int error = errno;

	explicit_bzero(seed, sizeof seed);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	errno = error;
	return done;
}

static int save(void)
{
	(void)mkdir("/var/lib/systemd", 0755);
	return pour("/dev/urandom", O_RDONLY, path, O_WRONLY | O_CREAT | O_TRUNC)
		       ? EXIT_SUCCESS
		       : complain("%s: %s", path, strerror(errno));
}

/* The seed is replaced at once: it is never used twice, also when the machine is switched off. */
static int load(void)
{
	if (!pour(path, O_RDONLY, "/dev/urandom", O_WRONLY) && errno != ENOENT)
		complain("%s: %s", path, strerror(errno));
	return save();
}

static int run(const char *argument)
{
	if (argument && strcmp(argument, "load") == 0)
		return load();
	if (argument && strcmp(argument, "save") == 0)
		return save();
	return complain("random-seed: load or save");
}

const struct step step_random_seed = { "random-seed", "load|save",
				       "give the kernel the seed of the last run, keep a new one", run };
