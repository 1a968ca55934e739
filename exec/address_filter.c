#include "exec/address_filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec/cgroup_program.h"

enum { PASS = 1, DROP = 0, CONTEXT = BPF_REG_6, PROTOCOL = BPF_REG_7, WORD = BPF_REG_8 };

struct network {
	int family;
	unsigned length;   /* of the prefix, in bits */
	uint32_t words[4]; /* as the packet has them */
};

static bool parse_network(const char *text, struct network *network)
{
	char address[64];
	const char *slash = strchr(text, '/');
	size_t size = slash ? (size_t)(slash - text) : strlen(text);

	if (size >= sizeof address)
		return false;
	memcpy(address, text, size);
	address[size] = '\0';
	*network = (struct network){ .family = strchr(address, ':') ? AF_INET6 : AF_INET };
	unsigned most = network->family == AF_INET ? 32 : 128;
	char *end = NULL;
	network->length = slash ? (unsigned)strtoul(slash + 1, &end, 10) : most;
	return network->length <= most && (!slash || (end != slash + 1 && !*end)) &&
	       inet_pton(network->family, address, network->words) == 1;
}

/* The part of a 32-bit word, in the order of the packet, that a prefix covers. */
static uint32_t mask_of(unsigned length, unsigned word)
{
	unsigned bits = length <= word * 32 ? 0 : length - word * 32;

	return htonl(bits >= 32 ? UINT32_MAX : ~(UINT32_MAX >> bits));
}

static void load_bytes(struct cgroup_program *program, int offset)
{
	/* bpf_skb_load_bytes(context, offset, stack - 8, 4): the address is read afresh for each network, by word. */
	cgroup_program_add(program, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, CONTEXT, 0, 0);
	cgroup_program_add(program, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, offset);
	cgroup_program_add(program, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_3, BPF_REG_10, 0, 0);
	cgroup_program_add(program, BPF_ALU64 | BPF_ADD, BPF_REG_3, 0, 0, -8);
	cgroup_program_add(program, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, 4);
	cgroup_program_add(program, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_load_bytes);
	cgroup_program_add(program, BPF_LDX | BPF_MEM | BPF_W, WORD, BPF_REG_10, -8, 0);
}

/* Where the far end's address stands: the source of what comes in, the destination of what goes out. */
static int address_offset(int family, bool incoming)
{
	if (family == AF_INET)
		return incoming ? 12 : 16;
	return incoming ? 8 : 24;
}

enum { WORD_WIDTH = 9 };

static void add_network(struct cgroup_program *program, const struct network *network, bool incoming, int verdict)
{
	unsigned words = (network->length + 31) / 32;
	int protocol = htons(network->family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	unsigned rest = words * WORD_WIDTH + 2;

	cgroup_program_add(program, BPF_JMP | BPF_JNE | BPF_K, PROTOCOL, 0, (__s16)rest, protocol);
	for (unsigned i = 0; i < words; i++) {
		uint32_t mask = mask_of(network->length, i);
		load_bytes(program, address_offset(network->family, incoming) + 4 * (int)i);
		cgroup_program_add(program, BPF_ALU | BPF_AND | BPF_K, WORD, 0, 0, (__s32)mask);
		rest -= WORD_WIDTH;
		cgroup_program_add(program, BPF_JMP32 | BPF_JNE | BPF_K, WORD, 0, (__s16)rest,
				   (__s32)(network->words[i] & mask));
	}
	cgroup_program_return(program, verdict);
}

static void add_word(struct cgroup_program *program, struct start *start, const char *key, const char *word,
		     bool incoming, int verdict)
{
	static const struct {
		const char *name, *networks[3];
	} known[] = {
		{ "any", { "0.0.0.0/0", "::/0" } },
		{ "localhost", { "127.0.0.0/8", "::1/128" } },
		{ "link-local", { "169.254.0.0/16", "fe80::/64" } },
		{ "multicast", { "224.0.0.0/4", "ff00::/8" } },
	};
	struct network network;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, word) == 0) {
			for (const char *const *text = known[i].networks; *text; text++)
				if (parse_network(*text, &network))
					add_network(program, &network, incoming, verdict);
			return;
		}
	if (!parse_network(word, &network))
		start_fail(start, SPAWN_STEP_CGROUP_FILTER, EINVAL, "%s=%s", key, word);
	add_network(program, &network, incoming, verdict);
}

/* What is allowed passes, even where it is denied as well; what neither list has passes. */
static int attach(struct start *start, bool incoming)
{
	static struct cgroup_program program;
	const struct sandbox *sandbox = &start->recipe.sandbox;

	program.count = 0;
	cgroup_program_add(&program, BPF_ALU64 | BPF_MOV | BPF_X, CONTEXT, BPF_REG_1, 0, 0);
	cgroup_program_add(&program, BPF_LDX | BPF_MEM | BPF_W, PROTOCOL, CONTEXT, offsetof(struct __sk_buff, protocol),
			   0);
	for (char **word = sandbox->address_allow; word && *word; word++)
		add_word(&program, start, "IPAddressAllow", *word, incoming, PASS);
	for (char **word = sandbox->address_deny; word && *word; word++)
		add_word(&program, start, "IPAddressDeny", *word, incoming, DROP);
	cgroup_program_return(&program, PASS);
	return cgroup_program_attach(&program, start->cgroup_fd, BPF_PROG_TYPE_CGROUP_SKB,
				     incoming ? BPF_CGROUP_INET_INGRESS : BPF_CGROUP_INET_EGRESS);
}

void address_filter_set_up(struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;

	/* An allow list alone denies nothing. */
	if (!sandbox->address_deny)
		return;
	int r = start->cgroup_fd < 0 ? -EBADF : attach(start, true);
	if (r == 0)
		r = attach(start, false);
	if (r < 0)
		start_not_enforced(start, "IPAddressDeny", r == -EBADF ? 0 : -r,
				   r == -EBADF ? "there is no cgroup for the unit"
					       : "a program for the cgroup is refused");
}
