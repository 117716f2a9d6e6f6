"""What spatial-index-query finds near points."""
import json
import math

import pytest

import circuits
from conftest import run


def nearest(data, *arguments, **options):
    return run("query", data.synapses, *arguments, **options).output


def test_synapses_nearest_first(data):
    output = nearest(data, "--nearest", "3.25,0,0", "4", "--fields", "id")
    assert output == "id,distance\n4,0.75\n2,1.25\n5,1.75\n0,3.25\n"


def test_distance_comes_last_after_all_fields(data):
    header, line = nearest(data, "--nearest=4,3,4", "1").splitlines()
    assert header == "id,pre_gid,post_gid,position_x,position_y,position_z,distance"
    assert line == "4,3,2,4,0,0,5"


def test_no_more_than_there_are(data):
    ids = nearest(data, "--nearest", "0,0,0", "1000000000000", "--fields", "id").splitlines()[1:]
    assert [line.split(",")[0] for line in ids] == ["0", "2", "1", "4", "5", "3"]
    assert float(ids[1].split(",")[1]) == 2 and float(ids[5].split(",")[1]) == pytest.approx(1e10)


def test_none_that_is_farther(data):
    near = ["--nearest", "0,0,0", "9", "--max-distance"]
    assert nearest(data, *near, "2", "--fields", "id") == "id,distance\n0,0\n2,2\n"
    assert nearest(data, *near, "1.999", "--fields", "id") == "id,distance\n0,0\n"
    assert nearest(data, *near, "0", "--count") == "1\n"
    assert nearest(data, *near, "inf", "--count") == "6\n"
    assert nearest(data, "--nearest", "0,1,0", "9", "--max-distance=.5", "--empty") == "true\n"
    assert nearest(data, *near, "0", "--empty") == "false\n"
    assert nearest(data, "--nearest", "0,0,0", "0", "--count") == "0\n"


@pytest.mark.parametrize("accuracy, distance", [("best_effort", 1.5), ("exact", 2), ("bounding_box", 2)])
def test_distances_of_segments(data, accuracy, distance):
    """Beyond the end of the segment from (0, 0, 0) to (0, 0, 10) with a radius of 0.5."""
    output = run("query", data.segments, "--nearest", "0,0,12", "1", "--accuracy", accuracy, "--fields", "ids").output
    ids, found = output.splitlines()[1].rsplit(",", 1)
    # A bounding box is larger by rounding.
    assert ids == "1,1,0" and float(found) == pytest.approx(distance, abs=5e-4 if accuracy == "bounding_box" else 0)


def test_distance_inside_is_0(data):
    output = run("query", data.segments, "--nearest", "0,0.5,0.25", "2", "--fields", "ids").output.splitlines()
    assert output[0] == "gid,section_id,segment_id,distance"
    assert sorted(output[1:]) == ["1,0,0,0", "1,1,0,0"]


def test_attributes_of_what_is_near(data):
    assert nearest(data, "--nearest", "0,0,0", "3", "--fields", "label,id") == \
        'label,id,distance\nplain,0,0\n"say ""hi""",2,2\n"a,b",1,%r\n' % math.sqrt(
            1 + float(circuits.np.float32(.1)) ** 2 + 6.25)


def test_json(data):
    lines = nearest(data, "--nearest", "4,0,0", "2", "--fields", "id", "--format", "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == [{"id": 4, "distance": 0}, {"id": 5, "distance": 1}]


QUERIES = "nearest 4 0 0 1\nsphere 2 0 0 0.5\n nearest 0 0 0 3 2.5\n"


@pytest.mark.parametrize("options, expected", [
    (["--fields", "id"], "query,id,distance\n0,4,0\n1,2,\n2,0,0\n2,2,2\n"),
    (["--fields", "label"], 'query,label,distance\n0,back\\slash,0\n1,"say ""hi""",\n2,plain,0\n2,"say ""hi""",2\n'),
    (["--count"], "query,count\n0,1\n1,1\n2,2\n"),
    (["--empty"], "query,empty\n0,false\n1,false\n2,false\n"),
    (["--count", "--max-distance", "0"], "query,count\n0,1\n1,1\n2,2\n"),
])
def test_many_queries(data, options, expected):
    assert nearest(data, "--queries", "-", *options, input=QUERIES) == expected


def test_greatest_distance_of_a_file(data):
    output = nearest(data, "--queries", "-", "--max-distance", "1", "--count", input="nearest 4 0 0 6\nnearest 4 0 0 6 9\n")
    assert output == "query,count\n0,2\n1,5\n"


def test_of_each_population(circuit):
    lines = run("query", circuit.both, "--nearest", "0,0,0", "2", "--fields", "gid").output.splitlines()
    assert lines[0] == "population,gid,distance"
    assert [line.split(",")[0] for line in lines[1:]] == ["A", "A", "B", "B"]


@pytest.mark.parametrize("line, words", [
    ("nearest 1 2 3", "expected 4 or 5 numbers after 'nearest', found 3"),
    ("nearest 1 2 3 4 5 6", "expected 4 or 5 numbers after 'nearest', found 6"),
    ("nearest 1 2 3 4.5", "'4.5' is not a number of elements"),
    ("nearest 1 2 3 -1", "'-1' is not a number of elements"),
    ("nearest 1 2 x 4", "'x' is not a number"),
    ("nearest 1 2 inf 4", "inf"),
    ("nearest 1 2 3 4 -1", "the maximum distance is -1"),
    ("near 1 2 3 4", "expected 'box', 'sphere', 'capsule', 'cylinder', 'oriented_box' or 'nearest', found 'near'"),
])
def test_lines_that_make_no_sense(data, line, words):
    errors = run("query", data.synapses, "--queries", "-", input=line + "\n", code=2).errors
    assert words in errors and "standard input, line 1" in errors and len(errors.splitlines()) == 1


@pytest.mark.parametrize("arguments, words", [
    (["--nearest", "1,2", "3"], "'1,2' is not a point"),
    (["--nearest", "1,2,3", "many"], "'many' is not a number of elements"),
    (["--nearest", "1,2,3", "4", "--max-distance", "-1"], "not '-1'"),
    (["--nearest", "1,2,3", "4", "--max-distance", "nan"], "not 'nan'"),
    (["--nearest", "1,nan,3", "4"], "nan"),
    (["--nearest", "1,2,3", "4", "--group-by", "id"], "'--group-by' cannot be combined with nearest elements"),
    (["--nearest", "1,2,3", "4", "--sphere", "1,2,3", "4"], "expected one of --box, --sphere, --capsule, --cylinder, --oriented-box, --nearest and --queries"),
    (["--sphere", "1,2,3", "4", "--max-distance", "1"], "'--max-distance' requires --nearest"),
])
def test_wrong_use(data, arguments, words):
    errors = run("query", data.synapses, *arguments, code=2).errors
    assert words in errors, errors
