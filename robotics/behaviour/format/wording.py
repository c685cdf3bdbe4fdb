"""What each rule says to the author, in both languages; braces are filled in."""

from __future__ import annotations

Four = tuple[str, str, str, str]
"""Problem in zh and en, cure in zh and en."""

RULES: dict[str, Four] = {
    # ------------------------------------------------------------------------------- the file
    "file": ("{why}", "{why}", "检查文件名和权限", "give a readable file"),
    "encoding": ("不是 UTF-8 编码", "not UTF-8", "另存为 UTF-8", "save it as UTF-8"),
    "syntax": (
        "看不懂这里的写法：{why}",
        "{why}",
        "带 [ ] , : 的文字要放在引号里；检查缩进和括号",
        "put texts with [ ] , : in quotes; look at the indentation and the brackets",
    ),
    "empty": ("文件是空的", "the file is empty", "至少要有 {keys}", "it needs {keys}"),
    "mapping": (
        "文件不是 键: 值 的形式",
        "the file is no list of 'key: value'",
        "至少要有 {keys}",
        "it needs {keys}",
    ),
    "twice": ("键 '{key}' 写了两次", "'{key}' stands twice", "删掉一个", "remove one of them"),
    "file_name": (
        "名字是 '{value}'",
        "'{value}'",
        "文件名是 '{stem}'，两者要一致",
        "the file says '{stem}'",
    ),
    "nothing": (
        "既不说话也不动",
        "it neither says nor moves anything",
        "加上 say、tracks 或 steps",
        "add 'say', 'tracks' or 'steps'",
    ),
    # ------------------------------------------------------------------------------- the shape
    "unknown_key": ("没有键 '{key}'", "unknown key '{key}'", "{mend}", "{mend_en}"),
    "comma": (
        "逗号后面的 '{key}' 成了另一个键",
        "the comma made '{key}' a key of its own",
        "有逗号的文字放进引号里",
        "put a text with a comma in quotes",
    ),
    "unquoted": (
        "这里的冒号或方括号让它不再是文字",
        "a colon or a bracket makes this something else than a text",
        "把整句放进引号里",
        "put the whole text in quotes",
    ),
    "language": (
        "'{key}' 不是这里的语言",
        "unknown key '{key}': no language that the robots speak",
        "只有 zh 和 en",
        "allowed: zh, en",
    ),
    "missing": ("缺少 '{key}'", "'{key}' is missing", "补上它", "add it"),
    "translation": (
        "缺少 {key} 的文字",
        "'{key}' is missing: the words have no translation",
        "补上 {key}: …,两种语言都要有",
        "add {key}: …, both languages are needed",
    ),
    "unpaired": (
        "中文 {zh} 句，英文 {en} 句",
        "{zh} variants in zh and {en} in en",
        "一句对一句",
        "pair them",
    ),
    "untranslated": (
        "英文里有中文字：{value}",
        "Chinese characters in the English text: {value}",
        "译成英文",
        "translate it",
    ),
    "no_chinese": (
        "中文里没有一个汉字",
        "no Chinese character in the Chinese text",
        "看看是不是忘了翻译",
        "see whether the translation was forgotten",
    ),
    "clock_time": (
        "'{value}' 不是秒数",
        "'{value}' is not allowed: it is no number of seconds",
        "写成 {seconds}(秒)",
        "write {seconds}",
    ),
    "value": ("{value} 不合要求", "{value} is not allowed", "{mend}", "{mend_en}"),
    # ------------------------------------------------------------------------------- time
    "no_grid": (
        "没有音乐也没有 tempo,不能用拍",
        "beats need 'music' or 'tempo'",
        "改用 time: 秒，或加上 tempo: 96",
        "use time: seconds, or add tempo: 96",
    ),
    "when": (
        "要有 time 或 beat 中的一个",
        "a cue has either 'time' or 'beat'",
        "写 time: 秒 或 beat: 拍",
        "write time: seconds or beat: beats",
    ),
    "order": (
        "{now} 不在 {before} 之后",
        "{now} does not come after {before}",
        "时间要越来越大",
        "times have to grow",
    ),
    "after_end": (
        "{now} 在结束之后",
        "{now} is after the end",
        "结束在 {end}",
        "the end is at {end}",
    ),
    "after_song": (
        "第 {value} 拍超出了歌曲",
        "beat {value} is beyond the song",
        "歌曲 {song} 只有 {end} 拍",
        "the song {song} has {end} beats",
    ),
    "until": (
        "until 不在开始之后",
        "it ends before it starts",
        "until 要比开始大",
        "'until' has to come after the start",
    ),
    "tempo_start": (
        "速度从第 {value} 拍才开始",
        "the first tempo is at beat {value}",
        "第一个写 beat: 0",
        "the first one is at beat 0",
    ),
    "two_tempos": (
        "music 和 tempo 都规定速度",
        "'music' and 'tempo' both say how fast it is",
        "有音乐就删掉 tempo",
        "remove 'tempo': the song has its own",
    ),
    "never_long": (
        "不可打断的行为太长",
        "a behaviour of {value} s that may never be broken off",
        "最长 {limit} 秒，或写 interruptible: at_beat",
        "at most {limit} s, or write interruptible: at_beat",
    ),
    "both_lengths": (
        "duration 和 beats 只能写一个",
        "'duration' and 'beats' both say how long it is",
        "删掉一个",
        "remove one of them",
    ),
    # ------------------------------------------------------------------------------- loops
    "endless": (
        "重复没有尽头",
        "a repeat that never ends",
        "写上 times: 次数",
        "say how often: times: 3",
    ),
    "endless_wait": (
        "可能永远等下去",
        "it may wait for ever",
        "写上 at_most: 秒",
        "say how long: at_most: 10",
    ),
    "loop": (
        "循环的行为永远不结束",
        "a loop that never ends",
        "只有 kind: idle 可以 loop;有限次请用 repeat",
        "only kind: idle may loop; use 'repeat' for a few times",
    ),
    "plays_loop": (
        "'{name}' 是循环的，永远不结束",
        "'{name}' is a loop that never ends",
        "换一个不循环的行为",
        "play one that does not loop",
    ),
    "cycle": (
        "行为互相调用，永远不结束：{way}",
        "behaviours play one another and never end: {way}",
        "去掉其中一个",
        "take one of them out",
    ),
    "too_long": (
        "最坏情况下太长",
        "it may take too long",
        "减少重复或等待",
        "repeat less or wait less",
    ),
    # ------------------------------------------------------------------------------- names
    "unknown": ("没有{kind} '{name}'", "there is no {kind_en} '{name}'", "{mend}", "{mend_en}"),
    "broken": (
        "行为 '{name}' 本身有错",
        "the behaviour '{name}' has faults of its own",
        "先改好它",
        "mend it first",
    ),
    "speaks": (
        "'{name}' 自己也说话",
        "'{name}' speaks itself",
        "手势要选不说话的行为，或改用 play",
        "choose a gesture without words, or use 'play'",
    ),
    "steps_gesture": (
        "'{name}' 是分步骤的，不能边说边做",
        "'{name}' has steps and cannot run along",
        "改用 play",
        "use 'play'",
    ),
    "tags_differ": (
        "各种说法里的手势标签不一样：{value}",
        "the variants have different gesture tags: {value}",
        "每一句都放同样的标签：{first}",
        "put the same ones into each: {first}",
    ),
    "tag": ("看不懂标签 {value}", "unknown tag {value}", "{mend}", "{mend_en}"),
    "polyphone": (
        "“{value}”是多音字({readings})",
        "'{value}' has several readings ({readings})",
        "写成 {mend}，让机器人读对",
        "write {mend} to have it read right",
    ),
    "need": ("看不懂条件 '{value}'", "unknown condition '{value}'", "{mend}", "{mend_en}"),
    # ------------------------------------------------------------------------------- params
    "param": ("没有参数 '{name}'", "there is no parameter '{name}'", "{mend}", "{mend_en}"),
    "param_value": (
        "参数 {name} 不能是 {value}",
        "parameter {name} cannot be {value}",
        "{mend}",
        "{mend_en}",
    ),
    # ------------------------------------------------------------------------------- joints
    "joint": (
        "没有关节 '{name}'",
        "joint '{name}' does not exist",
        "{mend}",
        "{mend_en}",
    ),
    "joint_group": (
        "'{name}' 不属于 {group}",
        "'{name}' is no joint of {group}",
        "它的关节以 {starts} 开头",
        "its joints begin with {starts_en}",
    ),
    "no_body": (
        "这台机器人没有 {group}",
        "this robot has no {group}",
        "可用：{allowed}",
        "it has: {allowed}",
    ),
    "joint_first": (
        "'{name}' 不在第一个关键帧里",
        "'{name}' is not in the first keyframe",
        "在第 0 秒写明它从哪里开始",
        "say at time 0 where it starts",
    ),
    "joint_limit": (
        "超出关节的范围",
        "out of its limits",
        "范围是 {low} 到 {high} 度，改成 {mend}",
        "its limits are {low} to {high} deg: use {mend}",
    ),
    "joint_speed": (
        "从 {start} 到 {end} 转得太快",
        "has to move too fast from {start} to {end}",
        "至少给它 {mend} 秒",
        "give it more time, at least {mend} s",
    ),
    "late_start": (
        "第一个关键帧在 {now}",
        "the first keyframe is at {now}",
        "轨道从第 0 秒开始，或者从 pose: rest 开始",
        "a track starts at time 0, or later from pose: rest",
    ),
    "return": (
        "'{name}' 结束在 {angle} 度",
        "'{name}' ends at {angle} deg",
        "要回到开始的 {mend} 度",
        "bring it back to its start, {mend} deg",
    ),
    "trunk_return": (
        "躯干没有回到中间",
        "the trunk does not come back",
        "最后一项写成 {{time: …}}，其余为 0",
        "end with a cue that says its time only",
    ),
    "pose_or_joints": (
        "要有 {allowed} 中的一个",
        "a cue says nothing, or too much",
        "写 {allowed} 中的一个(pose 和 joints 可以一起)",
        "write one of {allowed} (pose and joints may go together)",
    ),
    "pose_part": (
        "姿势 '{name}' 里没有 {group} 的关节",
        "the pose '{name}' has no joint of {group}",
        "换一个姿势，或写 joints",
        "choose another pose, or write joints",
    ),
    "two_tracks": (
        "{first} 和 {second} 同时动 {joint}",
        "{first} and {second} move {joint} at once",
        "错开时间，或去掉一个({from_} 到 {to})",
        "keep them apart, or take one out (from {from_} to {to})",
    ),
    # ------------------------------------------------------------------------------- steps
    "step": (
        "一步只能做一件事：{found}",
        "a step does one thing: {found}",
        "分成几步；只有 say 和 gesture 可以一起",
        "make several steps; only 'say' and 'gesture' go together",
    ),
    "step_extra": (
        "'{key}' 不能和 {kind} 一起用",
        "'{key}' does not go with {kind}",
        "删掉它",
        "remove it",
    ),
    "tracks_and_steps": (
        "tracks 和 steps 只能有一个",
        "'tracks' and 'steps' exclude each other",
        "把动作做成单独的行为，再用 play",
        "make a behaviour of the tracks and 'play' it",
    ),
    "bound": (
        "动作 '{name}' 要的时间比允许的长",
        "the action '{name}' may take longer than it is given",
        "它最多 {limit} 秒",
        "it takes up to {limit} s",
    ),
    # ------------------------------------------------------------------------------- songs
    "audio_missing": (
        "找不到声音文件 '{value}'",
        "the audio file '{value}' is missing",
        "放到 {folder} 里，或改名字",
        "put it into {folder}, or mend its name",
    ),
    "audio_broken": (
        "声音文件 '{value}' 读不了",
        "the audio file '{value}' cannot be read",
        "存成 WAV",
        "save it as WAV",
    ),
    "audio_length": (
        "声音文件长 {found} 秒，乐谱说 {wanted} 秒",
        "the audio lasts {found} s, its song says {wanted} s",
        "改 beats、tempo 或 offset,或换文件",
        "mend 'beats', 'tempo' or 'offset', or take the right file",
    ),
}
"""By rule."""

KINDS: dict[str, tuple[str, str]] = {
    "behaviour": ("行为", "behaviour"),
    "pose": ("姿势", "pose"),
    "song": ("歌曲", "song"),
    "action": ("动作", "action"),
    "gesture": ("手势", "gesture"),
}
"""What a name may be of."""
