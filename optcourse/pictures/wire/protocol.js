// The types of every message between the kernel and a page. Written by jsdoc.py: edit protocol.py instead.

/**
 * Bytes as the kernel sends them, or as a page without Python keeps them; numbers() of page.js reads both.
 * @typedef {DataView | Uint8Array | Float32Array} Bytes
 */

/** @typedef {{ codes: Int32Array, records: number }} Codes */

/** @typedef {[number, number]} Interval */

/** @typedef {[Interval, Interval]} View */

/** @typedef {"small" | "best" | "large"} Preset */

/** @typedef {"loss" | "steps"} Measure */

/** @typedef {"converge" | "oscillate" | "diverge"} Behaviour */

/**
 * A value of each step, (records, 2), in units of ten to `power`.
 * @typedef {object} TraceData
 * @property {number} power
 * @property {Bytes} data
 */

/**
 * The same with its name: grad, m, v.
 * @typedef {object} NamedTrace
 * @property {number} power
 * @property {Bytes} data
 * @property {string} name
 */

/**
 * One path and all that is drawn and said of it; losses are decimal logarithms.
 * @typedef {object} PathData
 * @property {string} title
 * @property {string} problem
 * @property {string} note
 * @property {string} about
 * @property {[string, string]} axes
 * @property {string} outcome
 * @property {string} summary
 * @property {View} view
 * @property {number[] | null} optimum
 * @property {number | null} diverged
 * @property {Bytes} path
 * @property {Bytes} loss
 * @property {Bytes | null} ghost
 * @property {Bytes | null} ghost_loss
 * @property {NamedTrace[]} traces
 */

/**
 * The same, and whether its note is good news.
 * @typedef {object} FrameData
 * @property {string} title
 * @property {string} problem
 * @property {string} note
 * @property {string} about
 * @property {[string, string]} axes
 * @property {string} outcome
 * @property {string} summary
 * @property {View} view
 * @property {number[] | null} optimum
 * @property {number | null} diverged
 * @property {Bytes} path
 * @property {Bytes} loss
 * @property {Bytes | null} ghost
 * @property {Bytes | null} ghost_loss
 * @property {NamedTrace[]} traces
 * @property {boolean} right
 */

/** @typedef {Record<string, number | string>} Standing */

/**
 * The picture where the controls stand at `values`; `said` is a word on the preset.
 * @typedef {object} ExplorerFrame
 * @property {string} title
 * @property {string} problem
 * @property {string} note
 * @property {string} about
 * @property {[string, string]} axes
 * @property {string} outcome
 * @property {string} summary
 * @property {View} view
 * @property {number[] | null} optimum
 * @property {number | null} diverged
 * @property {Bytes} path
 * @property {Bytes} loss
 * @property {Bytes | null} ghost
 * @property {Bytes | null} ghost_loss
 * @property {NamedTrace[]} traces
 * @property {boolean} right
 * @property {number} serial
 * @property {Standing} values
 * @property {string} code
 * @property {string} said
 */

/**
 * Where the controls are to stand; what `values` leaves out stands where it opens.
 * @typedef {object} ExplorerQuestion
 * @property {number} [serial]
 * @property {Standing} [values]
 * @property {Preset} [preset]
 */

/**
 * A slider over fixed positions; a page without Python may hold it where it is (`fixed`).
 * @typedef {object} SliderData
 * @property {"slider"} kind
 * @property {string} name
 * @property {string} label
 * @property {string} meaning
 * @property {number[]} positions
 * @property {number} opening
 * @property {boolean} hidden
 * @property {boolean} local
 * @property {boolean} swept
 * @property {boolean} [fixed]
 */

/**
 * A menu of (value, words).
 * @typedef {object} MenuData
 * @property {"menu"} kind
 * @property {string} name
 * @property {string} label
 * @property {string} meaning
 * @property {[string, string][]} options
 * @property {string} opening
 * @property {boolean} hidden
 * @property {boolean} [fixed]
 */

/** @typedef {SliderData | MenuData} ControlData */

/**
 * What `explore` shares with its page.
 * @typedef {object} ExplorerState
 * @property {ExplorerQuestion} asked
 * @property {ControlData[]} controls
 * @property {string} background
 * @property {ExplorerFrame} frame
 */

/**
 * A message that asks for the strip of a slider, while the others stand at `values`.
 * @typedef {object} StripQuestion
 * @property {string} strip
 * @property {string} id
 * @property {Standing} values
 */

/**
 * The answer to the question with this id; the arrays follow as buffers (encode.sent_strip).
 * @typedef {object} StripHeader
 * @property {string} id
 * @property {number} records
 * @property {number} count
 * @property {string[]} traces
 */

/**
 * Why there is no strip.
 * @typedef {object} StripRefusal
 * @property {string} id
 * @property {string} refused
 */

/** @typedef {StripHeader | StripRefusal} StripMessage */

/**
 * How one of several paths is drawn: its colour on light and on dark pages, dashes, marker.
 * @typedef {object} LookData
 * @property {string} light
 * @property {string} dark
 * @property {number[]} dash
 * @property {string} marker
 */

/**
 * The positions of a slider for the learning rate, and where it stands.
 * @typedef {object} RatesData
 * @property {number[]} positions
 * @property {number} at
 */

/**
 * One path of a comparison; losses and distances are decimal logarithms.
 * @typedef {object} EntrantData
 * @property {string} name
 * @property {string} label
 * @property {string} told
 * @property {LookData} look
 * @property {Bytes} path
 * @property {Bytes} loss
 * @property {Bytes | null} distance
 * @property {number | null} arrived
 * @property {number | null} diverged
 * @property {RatesData | null} rates
 */

/**
 * All paths of a comparison.
 * @typedef {object} SceneData
 * @property {number} serial
 * @property {string} problem
 * @property {number} steps
 * @property {View} view
 * @property {[string, string]} axes
 * @property {string} about
 * @property {number[] | null} optimum
 * @property {number} target
 * @property {string} summary
 * @property {string[]} notes
 * @property {EntrantData[]} entrants
 */

/**
 * Learning rates of some items, by the item's number.
 * @typedef {object} ComparisonQuestion
 * @property {number} [serial]
 * @property {Record<string, number>} [lr]
 */

/**
 * What `compare` shares with its page.
 * @typedef {object} ComparisonState
 * @property {ComparisonQuestion} asked
 * @property {string} background
 * @property {SceneData} scene
 */

/**
 * One of the two values that are varied.
 * @typedef {object} AxisData
 * @property {string} label
 * @property {string} scale
 * @property {number[]} values
 */

/**
 * The map: `final`, `arrived` and `lost` have a number for each cell, row by row from the bottom up.
 * @typedef {object} GridData
 * @property {string} title
 * @property {string} about
 * @property {string} note
 * @property {string} summary
 * @property {number} steps
 * @property {Measure} show
 * @property {AxisData} x
 * @property {AxisData} y
 * @property {Bytes} final
 * @property {Bytes} arrived
 * @property {Bytes} lost
 * @property {Record<Measure, Interval>} ends
 * @property {[number, number]} best
 * @property {string[]} heat
 */

/**
 * The path of one cell.
 * @typedef {object} CellData
 * @property {number} serial
 * @property {number} row
 * @property {number} column
 * @property {string} words
 * @property {View} view
 * @property {[string, string]} axes
 * @property {number[] | null} optimum
 * @property {Bytes} path
 * @property {number | null} diverged
 */

/**
 * Which cell's path is wanted.
 * @typedef {object} LandscapeQuestion
 * @property {number} [serial]
 * @property {number} [row]
 * @property {number} [column]
 */

/**
 * What `landscape` shares with its page.
 * @typedef {object} LandscapeState
 * @property {LandscapeQuestion} asked
 * @property {string} background
 * @property {GridData} grid
 * @property {CellData} cell
 */

/**
 * Nothing is answered yet.
 * @typedef {{}} NoAnswer
 */

/**
 * A behaviour that may be predicted.
 * @typedef {object} PredictionOption
 * @property {Behaviour} key
 * @property {string} text
 */

/**
 * What is to be predicted, and its truth; `counts` says that the number counts steps.
 * @typedef {object} PredictionData
 * @property {"one" | "number"} kind
 * @property {string} question
 * @property {PredictionOption[]} options
 * @property {number | string} truth
 * @property {string} why
 * @property {number} factor
 * @property {boolean} counts
 * @property {string} note
 */

/**
 * The paths at every position of the slider that a prediction unlocks, and what is around them.
 * @typedef {object} PredictionStrip
 * @property {View} view
 * @property {[string, string]} axes
 * @property {number[] | null} optimum
 * @property {string} background
 * @property {string} name
 * @property {string} meaning
 * @property {number[]} positions
 * @property {number} opening
 * @property {number} steps
 * @property {Bytes} paths
 * @property {Bytes} losses
 * @property {number[]} diverged
 * @property {number | null} target
 * @property {Behaviour[]} kinds
 * @property {string[]} outcomes
 */

/**
 * What was given (a text, or the numbers of options), what that says, and whether it is right.
 * @typedef {object} PredictionAnswer
 * @property {string | number[]} given
 * @property {number | string} said
 * @property {boolean} right
 */

/**
 * What `predict` shares with its page.
 * @typedef {object} PredictionState
 * @property {PredictionData} asked
 * @property {PredictionStrip} strip
 * @property {NoAnswer | PredictionAnswer} answered
 * @property {string} note
 */

/**
 * One patient: its path, the faults that it may have, and the number of the one that it has.
 * @typedef {object} CaseData
 * @property {string} title
 * @property {string} problem
 * @property {string} note
 * @property {string} about
 * @property {[string, string]} axes
 * @property {string} outcome
 * @property {string} summary
 * @property {View} view
 * @property {number[] | null} optimum
 * @property {number | null} diverged
 * @property {Bytes} path
 * @property {Bytes} loss
 * @property {Bytes | null} ghost
 * @property {Bytes | null} ghost_loss
 * @property {NamedTrace[]} traces
 * @property {number} serial
 * @property {number} number
 * @property {string} hypers
 * @property {Record<string, TraceData>} ghost_traces
 * @property {string[]} options
 * @property {string[]} ends
 * @property {number} right
 * @property {string} says
 * @property {[string, string][]} diff
 * @property {string} step
 * @property {string} code
 */

/**
 * Which patient is wanted; the first is 1.
 * @typedef {object} ClinicQuestion
 * @property {number} serial
 * @property {number} number
 */

/**
 * The fault that was chosen (none where the fault was `shown`), and after how many tries.
 * @typedef {object} ClinicAnswer
 * @property {number | null} choice
 * @property {number} tries
 * @property {boolean} right
 * @property {boolean} shown
 */

/**
 * What `clinic` shares with its page.
 * @typedef {object} ClinicState
 * @property {NoAnswer | ClinicQuestion} asked
 * @property {CaseData} case
 * @property {string} background
 * @property {NoAnswer | ClinicAnswer} answered
 * @property {string} note
 */

/**
 * A choice, its explanation, and whether it holds.
 * @typedef {object} Choice
 * @property {string} text
 * @property {string} why
 * @property {boolean} right
 */

/**
 * One choice or several.
 * @typedef {object} ChoiceQuestion
 * @property {"one" | "several"} kind
 * @property {string} question
 * @property {Choice[]} options
 */

/**
 * A number that is worth a word.
 * @typedef {object} KnownNumber
 * @property {number} number
 * @property {string} why
 */

/**
 * A number, right within `tolerance` of itself.
 * @typedef {object} NumberQuestion
 * @property {"number"} kind
 * @property {string} question
 * @property {number} right
 * @property {number} tolerance
 * @property {KnownNumber[]} known
 */

/** @typedef {ChoiceQuestion | NumberQuestion} QuizQuestion */

/**
 * What was given (a text, or the numbers of options), and after how many tries.
 * @typedef {object} QuizAnswer
 * @property {string | number[]} given
 * @property {number} tries
 * @property {boolean} right
 */

/**
 * What `quiz` shares with its page.
 * @typedef {object} QuizState
 * @property {QuizQuestion} asked
 * @property {NoAnswer | QuizAnswer} answered
 * @property {string} note
 */

/**
 * What a frame says otherwise than the one that the picture opens with.
 * @typedef {object} FrameTexts
 * @property {string} [title]
 * @property {string} [problem]
 * @property {string} [note]
 * @property {boolean} [right]
 * @property {string} [about]
 * @property {[string, string]} [axes]
 * @property {string} [outcome]
 * @property {string} [summary]
 * @property {View} [view]
 * @property {number[] | null} [optimum]
 * @property {number | null} [diverged]
 * @property {string} [code]
 */

/**
 * A trace of each picture: codes from 0 to 254 (255 is a gap) between the ends of its range, float64.
 * @typedef {object} KeptTrace
 * @property {string} name
 * @property {Codes} codes
 * @property {Bytes} ranges
 */

/**
 * Pictures one after the other, each as long as the longest; `lengths` has their records.
 * @typedef {object} KeptStrip
 * @property {FrameTexts[]} texts
 * @property {number[]} lengths
 * @property {boolean[]} ghosts
 * @property {Float32Array} path
 * @property {Float32Array} loss
 * @property {Float32Array} [ghost]
 * @property {Float32Array} [ghost_loss]
 * @property {KeptTrace[]} traces
 */

/**
 * A learning rate that is worth seeing, and a word on it.
 * @typedef {object} KeptPreset
 * @property {number} lr
 * @property {string} said
 */

/**
 * A strip for each slider, by its name, and one of starts ("start"): y by y, and x by x within.
 * @typedef {object} ExplorerAnswers
 * @property {Record<string, KeptStrip>} strips
 * @property {Record<Preset, KeptPreset>} presets
 */

/**
 * What an entrant says otherwise at another learning rate.
 * @typedef {object} EntrantTexts
 * @property {string} [name]
 * @property {string} [label]
 * @property {string} [told]
 * @property {LookData} [look]
 * @property {number | null} [arrived]
 * @property {number | null} [diverged]
 */

/**
 * An entrant at each of its learning rates; `lines` are its lines of the summary.
 * @typedef {object} KeptEntrant
 * @property {number[]} positions
 * @property {EntrantTexts[]} texts
 * @property {string[]} lines
 * @property {Float32Array} path
 * @property {Float32Array} loss
 * @property {Float32Array | null} distance
 */

/**
 * Each entrant that has a slider.
 * @typedef {object} ComparisonAnswers
 * @property {(KeptEntrant | null)[]} entrants
 */

/**
 * What a cell says otherwise than the one that is shown first.
 * @typedef {object} CellTexts
 * @property {number} [row]
 * @property {number} [column]
 * @property {string} [words]
 * @property {View} [view]
 * @property {[string, string]} [axes]
 * @property {number[] | null} [optimum]
 * @property {number | null} [diverged]
 */

/**
 * The path of each cell, every `stride` steps; `behind` has the number of each row's surface.
 * @typedef {object} LandscapeAnswers
 * @property {number} columns
 * @property {CellTexts[]} texts
 * @property {number} stride
 * @property {Float32Array[]} paths
 * @property {string[]} surfaces
 * @property {number[]} behind
 */

/**
 * The first patients.
 * @typedef {object} ClinicAnswers
 * @property {CaseData[]} cases
 */

export {};
