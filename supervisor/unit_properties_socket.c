/* The properties of sockets: systemd.socket(5), org.freedesktop.systemd1(5). */
#include "supervisor/unit_property.h"

#define SOCKET(field) offsetof(struct socket_definition, field)

static const char *const kind_names[] = {
	[SOCKET_KIND_STREAM] = "Stream",
	[SOCKET_KIND_DATAGRAM] = "Datagram",
	[SOCKET_KIND_SEQPACKET] = "SequentialPacket",
	[SOCKET_KIND_FIFO] = "FIFO",
};
static const char *const ipv6_names[] = { "default", "ipv6-only", "both" };

static const void *field_of(const struct property_view *view, uint64_t offset)
{
	return (const char *)view->definition->socket + offset;
}

/* Pairs of type and address. */
static void write_listen(struct property_view *view, uint64_t argument)
{
	const struct socket_definition *socket = view->definition->socket;

	(void)argument;
	write_begin_array(view->to);
	for (size_t i = 0; i < socket->listen_count; i++) {
		write_begin_array(view->to);
		write_string(view->to, kind_names[socket->listens[i].kind]);
		write_string(view->to, socket->listens[i].address);
		write_end_array(view->to);
	}
	write_end_array(view->to);
}

static void write_result(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, unit_result_name((enum unit_result)view->unit->result));
}

static void write_accept(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_boolean(view->to, false);
}

static void write_ipv6_only(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, ipv6_names[view->definition->socket->bind_ipv6_only]);
}

static void write_name(struct property_view *view, uint64_t argument)
{
	const char *name = view->definition->socket->descriptor_name;

	(void)argument;
	write_string(view->to, name ? name : view->definition->name);
}

static void write_text(struct property_view *view, uint64_t offset)
{
	write_string(view->to, *(char *const *)field_of(view, offset));
}

static void write_texts(struct property_view *view, uint64_t offset)
{
	write_strings(view->to, *(char **const *)field_of(view, offset));
}

static void write_number(struct property_view *view, uint64_t offset)
{
	write_integer(view->to, *(const unsigned *)field_of(view, offset));
}

static void write_flag(struct property_view *view, uint64_t offset)
{
	write_boolean(view->to, *(const bool *)field_of(view, offset));
}

static void write_span(struct property_view *view, uint64_t offset)
{
	write_usec(view->to, *(const usec *)field_of(view, offset));
}

const struct property_row socket_property_rows[] = {
	{ "Listen", write_listen, 0 },
	{ "Result", write_result, 0 },
	{ "Accept", write_accept, 0 },
	{ "BindIPv6Only", write_ipv6_only, 0 },
	{ "FileDescriptorName", write_name, 0 },
	{ "SocketUser", write_text, SOCKET(user) },
	{ "SocketGroup", write_text, SOCKET(group) },
	{ "SocketMode", write_number, SOCKET(mode) },
	{ "DirectoryMode", write_number, SOCKET(directory_mode) },
	{ "Backlog", write_number, SOCKET(backlog) },
	{ "BindToDevice", write_text, SOCKET(bind_to_device) },
	{ "Symlinks", write_texts, SOCKET(symlinks) },
	{ "RemoveOnStop", write_flag, SOCKET(remove_on_stop) },
	{ "FlushPending", write_flag, SOCKET(flush_pending) },
	{ "KeepAlive", write_flag, SOCKET(keep_alive) },
	{ "NoDelay", write_flag, SOCKET(no_delay) },
	{ "FreeBind", write_flag, SOCKET(free_bind) },
	{ "ReusePort", write_flag, SOCKET(reuse_port) },
	{ "Transparent", write_flag, SOCKET(transparent) },
	{ "Broadcast", write_flag, SOCKET(broadcast) },
	{ "PassCredentials", write_flag, SOCKET(pass_credentials) },
	{ "PassSecurity", write_flag, SOCKET(pass_security) },
	{ "PassPacketInfo", write_flag, SOCKET(pass_packet_info) },
	{ "Priority", write_number, SOCKET(priority) },
	{ "Mark", write_number, SOCKET(mark) },
	{ "SendBuffer", write_number, SOCKET(send_buffer) },
	{ "ReceiveBuffer", write_number, SOCKET(receive_buffer) },
	{ "TriggerLimitIntervalUSec", write_span, SOCKET(trigger_limit_interval) },
	{ "TriggerLimitBurst", write_number, SOCKET(trigger_limit_burst) },
	{ 0 },
};
