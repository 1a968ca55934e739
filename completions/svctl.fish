# fish completion for svctl(1)

function __svctl_verbs
	svctl help 2>/dev/null | string match -r '^  ([a-z-]+) +(.*)$' --groups-only | paste - -
end

function __svctl_verb_is_missing
	not __fish_seen_subcommand_from (__svctl_verbs | cut -f 1)
end

function __svctl_units
	svctl list-units --all --no-legend 2>/dev/null | string match -r '[^ ]+\.[a-z]+'
end

function __svctl_unit_files
	svctl list-unit-files --no-legend 2>/dev/null | string replace -r ' .*' ''
end

complete -c svctl -f
complete -c svctl -n __svctl_verb_is_missing -a '(__svctl_verbs)'
complete -c svctl -n 'not __svctl_verb_is_missing' -a '(__svctl_units)'
complete -c svctl -n '__fish_seen_subcommand_from verify link import' -F
complete -c svctl -n '__fish_seen_subcommand_from enable preset unmask edit is-enabled' -a '(__svctl_unit_files)'
complete -c svctl -l user -d 'your own svinit and unit files'
complete -c svctl -l runtime-dir -xa '(__fish_complete_directories)' -d 'the runtime directory'
complete -c svctl -s H -l host -x -d 'run there, over ssh'
complete -c svctl -l json -d 'print one JSON document'
complete -c svctl -l no-pager -d 'no pager'
complete -c svctl -l no-block -d 'do not wait for jobs'
complete -c svctl -s q -l quiet -d 'errors only'
complete -c svctl -s h -l help -d 'show help'
