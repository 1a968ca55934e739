#include "supervisor/os/clone.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

enum { STACK_SIZE = 128 * 1024, GUARD_SIZE = 64 * 1024 };
enum { CLONE_ARGS_WITHOUT_CGROUP = 64, CLONE_ARGS_WITH_CGROUP = 88 };

static char *stacks[2]; /* the second is for a child of the child */
static bool clone3_missing;

static int prepare_stack(char **stack)
{
	if (*stack)
		return 0;
	char *area = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (area == MAP_FAILED)
		return -errno;
	if (mprotect(area, GUARD_SIZE, PROT_NONE) < 0) {
		int error = errno;
		munmap(area, GUARD_SIZE + STACK_SIZE);
		return -error;
	}
	*stack = area + GUARD_SIZE;
	return 0;
}

int clone_prepare(void)
{
	return prepare_stack(&stacks[0]);
}

int clone_prepare_nested(void)
{
	return prepare_stack(&stacks[1]);
}

/* The last child left in the middle of its functions, and nobody told the sanitizer that their frames are gone. */
static void forget_last_child(char *stack)
{
#ifdef __SANITIZE_ADDRESS__
	ASAN_UNPOISON_MEMORY_REGION(stack, STACK_SIZE);
#else
	(void)stack;
#endif
}

#if defined __x86_64__
static long clone3_call(struct clone_args *arguments, size_t size, const struct clone_request *request)
{
	register int (*run)(void *) __asm__("r12") = request->run;
	register void *argument __asm__("r13") = request->argument;
	long result;

	__asm__ volatile("syscall\n\t"
			 "testq %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xorl %%ebp, %%ebp\n\t"
			 "movq %%r13, %%rdi\n\t"
			 "callq *%%r12\n\t"
			 "movl %%eax, %%edi\n\t"
			 "movl %[exit], %%eax\n\t"
			 "syscall\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(result)
			 : "0"((long)SYS_clone3), "D"(arguments), "S"(size), "r"(run),
			   "r"(argument), [exit] "i"(SYS_exit_group)
			 : "rcx", "r11", "memory", "cc");
	return result;
}
#elif defined __aarch64__
static long clone3_call(struct clone_args *arguments, size_t size, const struct clone_request *request)
{
	register int (*run)(void *) __asm__("x20") = request->run;
	register void *argument __asm__("x21") = request->argument;
	register long number __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)arguments;
	register size_t x1 __asm__("x1") = size;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x21\n\t"
			 "blr x20\n\t"
			 "mov x8, %[exit]\n\t"
			 "svc #0\n\t"
			 "brk #0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(number), "r"(x1), "r"(run), "r"(argument), [exit] "i"(SYS_exit_group)
			 : "memory", "cc");
	return x0;
}
#else
static long clone3_call(struct clone_args *arguments, size_t size, const struct clone_request *request)
{
	(void)arguments, (void)size, (void)request;
	return -ENOSYS;
}
#endif

static uint64_t clone_flags(const struct clone_request *request)
{
	return CLONE_VM | CLONE_VFORK | (request->share_descriptors ? CLONE_FILES : 0) |
	       (request->wants_pidfd ? CLONE_PIDFD : 0) | (request->new_pid_namespace ? CLONE_NEWPID : 0);
}

static long clone_new(const struct clone_request *request, int *pidfd)
{
	bool cgroup = request->cgroup_fd >= 0;
	struct clone_args arguments = {
		.flags = clone_flags(request) | (cgroup ? CLONE_INTO_CGROUP : 0),
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)stacks[request->nested],
		.stack_size = STACK_SIZE,
		.cgroup = cgroup ? (uint64_t)request->cgroup_fd : 0,
	};

	return clone3_call(&arguments, cgroup ? CLONE_ARGS_WITH_CGROUP : CLONE_ARGS_WITHOUT_CGROUP, request);
}

static long clone_old(const struct clone_request *request, int *pidfd)
{
	int pid = clone(request->run, stacks[request->nested] + STACK_SIZE, (int)clone_flags(request) | SIGCHLD,
			request->argument, pidfd);
	return pid < 0 ? -errno : pid;
}

/* What a kernel or a sandbox says that has no clone3(2), or none that knows cgroups (before Linux 5.7). */
static bool is_unsupported(long error)
{
	return error == -ENOSYS || error == -EPERM || error == -E2BIG || error == -EINVAL;
}

pid_t clone_child(const struct clone_request *request, int *pidfd)
{
	long pid = -ENOSYS;

	*pidfd = -1;
	int r = prepare_stack(&stacks[request->nested]);
	if (r < 0)
		return r;
	forget_last_child(stacks[request->nested]);
	if (!clone3_missing)
		pid = clone_new(request, pidfd);
	if (pid >= 0 || !is_unsupported(pid))
		return (pid_t)pid;
	clone3_missing = clone3_missing || pid == -ENOSYS;
	*pidfd = -1;
	if (request->cgroup_fd >= 0)
		return -ENOTSUP;
	return (pid_t)clone_old(request, pidfd);
}
