"""--help, --version, the man pages, and wrong command lines."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import NAMES, WORDS, run, run_main

MAN_PAGES = pathlib.Path(__file__).parents[2] / "docs" / "man"
VERSION = (pathlib.Path(__file__).parents[2] / "VERSION").read_text().strip()


def help_of(name, option="--help"):
    """What --help shows for a link, or for first words of spatial-index."""
    return run(name, option) if name in NAMES else run_main(*name.split(), option)


@pytest.mark.parametrize("name", NAMES + WORDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(name, option):
    result = help_of(name, option)
    lines = result.output.splitlines()
    assert lines[0] == "Examples:" and lines[3] == ""
    assert all(line.startswith("  spatial-index ") for line in lines[1:3])
    assert re.match(r"Usage: spatial-index[ -][a-z -]+ \[options\] ", lines[4])
    assert result.errors == ""
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_the_name_of_the_link(name):
    assert f"\nUsage: spatial-index-{name} [options] " in run(name, "--help").output


@pytest.mark.parametrize("words", WORDS)
def test_help_shows_the_words_of_the_command(words):
    shown = run_main(*words.split(), "--help").output
    assert f"\nUsage: spatial-index {words} [options] " in shown
    assert run_main("help", *words.split()).output == shown
    assert run_main("--help", *words.split()).output == shown


def test_examples_of_help_run(tmp_path):
    run_main("sample-circuit", "circuit", cwd=tmp_path)
    examples = [line.strip() for words in WORDS for line in run_main("help", *words.split()).output.splitlines()[1:3]]
    assert len(examples) == 2 * len(WORDS)
    for example in examples:
        program, *words = example.split()
        assert program == "spatial-index"
        if words[0] == "sample-circuit":
            words.append("--replace")
        if words[0] == "index" and "-o" not in words:
            words += ["-o", "other", "--replace"]
        of_files = "nodes.h5" in words or "edges.h5" in words
        run_main(*words, cwd=tmp_path / "circuit" if of_files else tmp_path)


def test_overview():
    shown = run_main().output
    assert run_main("--help").output == run_main("-h").output == run_main("help").output == shown
    for words in WORDS:
        assert re.search(rf"^  {words} {{2,}}\w", shown, re.MULTILINE)
    assert all(len(line) <= 80 for line in shown.splitlines())


@pytest.mark.parametrize("arguments", ["index --help", "index -h", "help index"])
def test_overview_of_index(arguments):
    shown = run_main(*arguments.split()).output
    assert "  index segments " in shown and "  index synapses " in shown and "query" not in shown


@pytest.mark.parametrize("name", NAMES)
def test_version(name):
    assert run(name, "--version").output == f"spatial-index-{name} {VERSION}\n"


def test_version_of_the_command():
    assert run_main("--version").output == f"spatial-index {VERSION}\n"
    assert run_main("index", "segments", "--version").output == f"spatial-index index segments {VERSION}\n"


@pytest.mark.parametrize("arguments, sentence", [
    ("qeury", "unknown command 'qeury': did you mean 'query'?"),
    ("grdi x", "unknown command 'grdi': did you mean 'grid'?"),
    ("sample", "unknown command 'sample': did you mean 'sample-circuit'?"),
    ("index", "expected a command after 'index'"),
    ("index segmets c.json", "unknown command 'index segmets': did you mean 'index segments'?"),
    ("index --out x", "unknown option 'index --out'"),
    ("frobnicate", "unknown command 'frobnicate'"),
    ("--vesion", "unknown option '--vesion': did you mean '--version'?"),
    ("help verfy", "unknown command 'verfy': did you mean 'verify'?"),
    ("hlep", "unknown command 'hlep': did you mean 'help'?"),
])
def test_wrong_commands(arguments, sentence):
    result = run_main(*arguments.split(), code=2)
    assert result.errors == f"spatial-index: {sentence}\nTry 'spatial-index --help'.\n"
    assert result.output == ""


@pytest.mark.parametrize("arguments, sentence", [
    ("query i --bx 0,0,0 1,1,1", "unknown option '--bx': did you mean --box?"),
    ("query i --shpere 0,0,0 1", "unknown option '--shpere': did you mean --sphere?"),
    ("index segments a b --ouptut=x", "unknown option '--ouptut': did you mean --output?"),
    ("index segments a b --populatoin x", "unknown option '--populatoin': did you mean --population?"),
    ("index segments a", "expected MORPHOLOGY_DIR after the nodes file 'a'"),
    ("index segments a.json b", "unexpected argument 'b'"),
    ("index segments a b c", "unexpected argument 'c'"),
    ("index segments a b --populations A,B", "option '--populations' is for circuit configurations only"),
    ("index segments a b --populations A --population A", "expected at most one of --population and --populations"),
    ("index segments a.json --node-types t", "option '--node-types' is for nodes files only"),
    ("index synapses a.json --edge-types t", "option '--edge-types' is for edges files only"),
    ("index synapses a --post-gids 1 --gids 2", "expected at most one of --gids and --post-gids"),
    ("index synapses a b", "unexpected argument 'b'"),
    ("index synapses", "expected CIRCUIT_CONFIG | EDGES_FILE"),
])
def test_wrong_use_of_the_command(arguments, sentence, tmp_path):
    result = run_main(*arguments.split(), code=2, cwd=tmp_path)
    words = " ".join(arguments.split()[:2 if arguments.startswith("index") else 1])
    assert result.errors == f"spatial-index {words}: {sentence}\nTry 'spatial-index {words} --help'.\n"
    assert os.listdir(tmp_path) == []


def page_of(name):
    return re.search(r"See the manual page ([\w-]+)\(1\)", help_of(name).output)[1]


def commands_of_pages():
    pages = {}
    for name in NAMES + WORDS:
        pages.setdefault(page_of(name), []).append(name)
    return pages


def options_in_help(name):
    lines = help_of(name).output.splitlines()
    return {match for line in lines for match in re.findall(r"^ {2,6}(?:-\w, )?(--[\w-]+)", line)}


def test_man_pages_have_the_options_of_help():
    for page, names in commands_of_pages().items():
        items = [line for line in (MAN_PAGES / f"{page}.1").read_text().splitlines() if line.startswith(".It Fl")]
        in_page = {"--" + option for line in items for option in re.findall(r"Fl Fl ([\w-]+)", line)}
        assert in_page == set().union(*map(options_in_help, names)), page


def test_man_pages_have_the_letters_of_help():
    for page, names in commands_of_pages().items():
        in_page = set(re.findall(r"^\.It Fl (\w)\b", (MAN_PAGES / f"{page}.1").read_text(), re.MULTILINE))
        in_help = {letter for name in names for letter in re.findall(r"^  -(\w), ", help_of(name).output, re.MULTILINE)}
        assert in_page == in_help, page


WRONG_USE = [
    ("nodes", "", "expected NODES_FILE MORPHOLOGY_DIR"),
    ("nodes", "a", "expected NODES_FILE MORPHOLOGY_DIR"),
    ("nodes", "a b c", "unexpected argument 'c'"),
    ("nodes", "a b --frobnicate", "unknown option '--frobnicate'"),
    ("nodes", "a b --frobnicate=3", "unknown option '--frobnicate'"),
    ("nodes", "a b -z", "unknown option '-z'"),
    ("nodes", "a b --out", "option '--out' requires a value"),
    ("nodes", "a b -o", "option '-o' requires a value"),
    ("nodes", "a b --out=", "option '--output': the name of the folder is empty"),
    ("nodes", "a b --output=", "option '--output': the name of the folder is empty"),
    ("nodes", "a b --force=yes", "option '--force' takes no value"),
    ("nodes", "a b --replace=yes", "option '--replace' takes no value"),
    ("nodes", "a b --p=x", "option '--p' is ambiguous"),
    ("nodes", "a b --position p", "unknown option '--position'"),
    ("nodes", "a b --populations p", "unknown option '--populations'"),
    ("nodes", "a b --threads -1", "option '--threads' takes a number from 0 to 4096, not '-1'"),
    ("nodes", "a b --threads 2x", "not '2x'"),
    ("nodes", "a b --threads=", "not ''"),
    ("nodes", "a b --threads 4097", "not '4097'"),
    ("nodes", "a b --threads 99999999999999999999999", "not '99999999999999999999999'"),
    ("nodes", "a b --use-mem-map 0", "option '--use-mem-map' takes a size such as"),
    ("nodes", "a b --use-mem-map -5", "not '-5'"),
    ("nodes", "a b --use-mem-map 5X", "not '5X'"),
    ("nodes", "a b --use-mem-map 5KB2", "not '5KB2'"),
    ("nodes", "a b --use-mem-map 1.5G", "not '1.5G'"),
    ("nodes", "a b --use-mem-map G", "not 'G'"),
    ("nodes", "a b --use-mem-map 16777216T", "not '16777216T'"),
    ("nodes", "a b --max-memory 0", "option '--max-memory' takes a size such as"),
    ("synapses", "a --max-memory 5X", "not '5X'"),
    ("circuit", "segments a --temp-dir=", "option '--temp-dir': the name of the folder is empty"),
    ("nodes", "a b --gids 1,x", "option '--gids': 'x' is not an id or a range of ids"),
    ("nodes", "a b --gids 1,-3", "'-3' is not an id or a range of ids"),
    ("nodes", "a b --gids 1-2-3", "'1-2-3' is not an id or a range of ids"),
    ("nodes", "a b --gids 7-5", "'7-5' is a range that ends before it begins"),
    ("nodes", "a b --gids 0-18446744073709551615", "exceeds the limit of 268435456 ids"),
    ("nodes", "a b --gids 18446744073709551616", "is not an id or a range of ids"),
    ("nodes", "a b --recenter maybe", "option '--recenter' takes on, off or auto, not 'maybe'"),
    ("nodes", "a b --soma-radius big", "option '--soma-radius' takes contour or surface, not 'big'"),
    ("synapses", "", "expected EDGES_FILE [POPULATION]"),
    ("synapses", "a b c", "unexpected argument 'c'"),
    ("synapses", "a b --population c", "two populations are given: 'b' and 'c'"),
    ("synapses", "a --skip-bad-cells", "unknown option '--skip-bad-cells'"),
    ("synapses", "a --threads two", "not 'two'"),
    ("circuit", "", "expected segments|synapses CIRCUIT_CONFIG"),
    ("circuit", "segments", "expected segments|synapses CIRCUIT_CONFIG"),
    ("circuit", "nodes c.json", "expected segments or synapses, not 'nodes'"),
    ("circuit", "segments c.json --position p", "option '--position' is for synapses only"),
    ("circuit", "synapses c.json --recenter on", "option '--recenter' is for segments only"),
    ("circuit", "synapses c.json --soma-radius surface", "option '--soma-radius' is for segments only"),
    ("circuit", "synapses c.json --skip-bad-cells", "option '--skip-bad-cells' is for segments only"),
    ("circuit", "segments c.json --populations A,,B", "option '--populations': a name is empty"),
    ("circuit", "segments c.json --populations A,A", "option '--populations': 'A' is given twice"),
    ("circuit", "segments c.json --populations=A B", "unexpected argument 'B'"),
    ("query", "", "expected INDEX"),
    ("query", "i", "expected one of --box, --sphere, --capsule, --cylinder, --oriented-box, --nearest and --queries"),
    ("query", "i --box 0,0,0 1,1,1 --sphere 0,0,0 1", "expected one of --box, --sphere, --capsule, --cylinder, --oriented-box, --nearest and --queries"),
    ("query", "i --box 0,0,0 1,1,1 --box 0,0,0 1,1,1", "expected one of --box, --sphere, --capsule, --cylinder, --oriented-box, --nearest and --queries"),
    ("query", "i --box 0,0,0", "option '--box' takes two values"),
    ("query", "i --box 0,0 1,1,1", "option '--box' takes two corners x,y,z, not '0,0'"),
    ("query", "i --box 0,0,0 1,1,1,1", "x,y,z, not '1,1,1,1'"),
    ("query", "i --box 0,0,x 1,1,1", "x,y,z, not '0,0,x'"),
    ("query", "i --box nan,0,0 1,1,1", "(nan, 0, 0)"),
    ("query", "i --sphere 0,0,0 x", "'x' is not a radius"),
    ("query", "i --sphere 0,0 1", "'0,0' is not a center"),
    ("query", "i --sphere 0,0,0 -1", "radius"),
    ("query", "i --sphere 0,0,0 nan", "radius"),
    ("query", "i --box 0,0,0 1,1,1 --accuracy exactly", "option '--accuracy' takes best_effort, bounding_box, exact or center, not"),
    ("query", "i --box 0,0,0 1,1,1 --format xml", "option '--format' takes csv, tsv or jsonl, not 'xml'"),
    ("query", "i --box 0,0,0 1,1,1 --fields=", "option '--fields': a name is empty"),
    ("query", "i --box 0,0,0 1,1,1 --count --empty", "at most one of --fields, --count, --empty and --group-by"),
    ("query", "i --box 0,0,0 1,1,1 --count --fields gid", "at most one of --fields, --count, --empty and --group-by"),
    ("info", "", "expected INDEX"),
    ("info", "a b", "unexpected argument 'b'"),
    ("info", "a --json=1", "option '--json' takes no value"),
    ("compare", "a", "expected INDEX OTHER_INDEX"),
    ("verify", "", "expected INDEX"),
    ("compare", "a b c", "unexpected argument 'c'"),
]


@pytest.mark.parametrize("name, arguments, sentence", WRONG_USE)
def test_wrong_use(name, arguments, sentence, tmp_path, data):
    words = [str(data.segments) if word == "i" else word for word in arguments.split()]
    result = run(name, *words, code=2, cwd=tmp_path)
    lines = result.errors.splitlines()
    assert lines[0].startswith(f"spatial-index-{name}: ")
    assert sentence in lines[0]
    assert lines[1:] == [f"Try 'spatial-index-{name} --help'."]
    assert result.output == ""
    assert os.listdir(tmp_path) == []


def test_value_after_letter_and_equals_sign(data, tmp_path):
    """-o=x is meant as --output=x; a folder whose name begins with '=' is given as ./=x."""
    inputs = [data.nodes, data.morphologies]
    run("nodes", *inputs, "-o=x", cwd=tmp_path)
    run("nodes", *inputs, "-o./=y", cwd=tmp_path)
    run("nodes", *inputs, "-o", "=z", cwd=tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["=y", "=z", "x"]
    assert "the name of the folder is empty" in run("nodes", *inputs, "-o=", cwd=tmp_path, code=2).errors


def test_one_of_several_processes_is_told_of_multi_index(data, tmp_path):
    """As under mpirun without --multi-index: all of them build into one folder."""
    for name in "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS":
        environment = {**os.environ, name: "4"}
        run("nodes", data.nodes, data.morphologies, "-o", tmp_path / name, env=environment)
        errors = run("nodes", data.nodes, data.morphologies, "-o", tmp_path / name, env=environment, code=2).errors
        assert "--multi-index" in errors and "--replace" in errors
    assert "--multi-index" not in run("nodes", data.nodes, data.morphologies, "-o", tmp_path / name, code=2).errors


@pytest.mark.parametrize("name", NAMES)
def test_help_on_a_full_disk(name):
    with open("/dev/full", "w") as full:
        result = run(name, "--help", stdout=full, code=2)
    assert result.errors == f"spatial-index-{name}: cannot write to standard output: No space left on device\n"


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
@pytest.mark.parametrize("page", sorted(MAN_PAGES.glob("*.1")), ids=lambda page: page.stem)
def test_man_page_is_well_formed(page):
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], stdout=subprocess.PIPE, encoding="utf-8")
    assert (lint.returncode, lint.stdout) == (0, "")
