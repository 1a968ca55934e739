"""docs/compatibility.md, out of what was seen."""
HEAD = """# Debian's packages under svinit

Made by `make test-compat`; do not edit. The packages' unit files are unmodified, and what is enabled is what installing
the package enabled. {version} is PID 1 in namespaces of its own over a {debian} root; there is one boot for each package.

- **up by**: started at boot by its enabled link, and active for this reason.
- **client**: a client of its protocol was served. **reload**: `svctl reload`, and the client was served again.
- **kill -9**: what became of the service when its main process was killed; then the client was served again.
- **stop**: `svctl stop` left no process behind.
- **not enforced**: keys of its unit file that are known and do not hold here.

"""
COLUMNS = ("package", "version", "type", "up by", "client", "reload", "kill -9", "stop", "result", "not enforced")


def row(result):
    return {
        "package": f"{result['package']} (`{result['unit']}`)" + (f", {result['note']}" if result["note"] else ""),
        "version": result.get("version") or "-",
        "type": result.get("type", "-"),
        "up by": result.get("up", "-"),
        "client": result.get("client", "-"),
        "reload": result.get("reload", "-"),
        "kill -9": result.get("kill", "-"),
        "stop": result.get("stop", "-"),
        "result": f"**{result['fault'].splitlines()[0]}**" if "fault" in result else "works",
        "not enforced": ", ".join(result.get("not enforced", [])) or "none",
    }


def line(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def write_table(path, results, root, version):
    debian = "Debian " + (root / "etc/debian_version").read_text(encoding="ascii").strip()
    works = sum("fault" not in result for result in results)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD.format(debian=debian, version=version))
        file.write(f"{works} of {len(results)} packages do what they should.\n\n")
        file.write(line(COLUMNS))
        file.write(line("-" * 3 for _ in COLUMNS))
        for result in results:
            cells = row(result)
            file.write(line(cells[column] for column in COLUMNS))
